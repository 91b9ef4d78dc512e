using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.OpenTelemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the destination that logs events for the OpenTelemetry SDK.</summary>
public static class OpenTelemetryDataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Adds a destination that logs events through the application's <c>ILogger</c>, with typed attributes. If an <c>IConfiguration</c> is registered, its section
    /// <c>DataPlane:OpenTelemetry</c> is bound first; options set here take precedence over it. Calling this again adds no second destination.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddOpenTelemetryDataBackplane(this IServiceCollection services, Action<OpenTelemetryDataBackplaneOptions>? configure = null)
    {
        services.AddDataBackplane();
        services.AddConfigurationOf<OpenTelemetryDataBackplaneOptions>(configuration => new OpenTelemetryDataBackplaneConfiguration(configuration));
        services.AddNamedOptions<OpenTelemetryDataBackplaneOptions, OpenTelemetryDataBackplaneOptionsValidator>(Options.Options.DefaultName, configure);
        if (!services.Any(static descriptor => descriptor.ServiceType == typeof(Registration)))
        {
            services.AddSingleton(new Registration());
            services.AddSingleton<IDataBackplane>(provider => new OpenTelemetryDataBackplane(
                provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<IOptions<OpenTelemetryDataBackplaneOptions>>().Value));
        }

        return services;
    }

    /// <summary>Marks that the destination is registered.</summary>
    private sealed class Registration;
}
