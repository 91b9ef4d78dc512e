using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.OpenTelemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the OTLP destination.</summary>
public static class OtlpDataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Adds a destination that writes events as log records over OTLP/HTTP. If an <c>IConfiguration</c> is registered, its section <c>DataPlane:Otlp</c> is bound
    /// first; options set here take precedence over it, and both over the environment variables of OTLP exporters. Each call adds a destination.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddOtlpDataBackplane(this IServiceCollection services, Action<OtlpDataBackplaneOptions>? configure = null)
    {
        services.AddDataBackplane();
        services.AddConfigurationOf<OtlpDataBackplaneOptions>(configuration => new OtlpDataBackplaneConfiguration(configuration));
        var name = services.AddNumberedOptions<OtlpDataBackplaneOptions, OtlpDataBackplaneOptionsValidator>(configure);
        return services.AddSingleton<IDataBackplane>(provider => new OtlpDataBackplane(
            OtlpSettings.Of(
                provider.GetRequiredService<IOptionsMonitor<OtlpDataBackplaneOptions>>().Get(name),
                OtlpEnvironment.OfProcess,
                provider.GetService<IHostEnvironment>()?.ApplicationName),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Delivery)));
    }

    /// <summary>Adds a destination that writes events as log records over OTLP/HTTP; see the other overload.</summary>
    /// <param name="services">The services.</param>
    /// <param name="endpoint">The URL to which log records are posted, such as <c>http://collector:4318/v1/logs</c>. A URL without a path gets <c>/v1/logs</c>.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="endpoint"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="endpoint"/> is not an absolute URL.</exception>
    public static IServiceCollection AddOtlpDataBackplane(this IServiceCollection services, string endpoint, Action<OtlpDataBackplaneOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || !url.Scheme.StartsWith(Uri.UriSchemeHttp, StringComparison.Ordinal))
        {
            throw new ArgumentException("The endpoint is not an absolute URL with http or https. Write it as http://collector:4318/v1/logs.", nameof(endpoint));
        }

        return services.AddOtlpDataBackplane(options =>
        {
            options.Endpoint = url;
            configure?.Invoke(options);
        });
    }
}
