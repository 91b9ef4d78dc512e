using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.AspNetCore;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers variant overrides carried by requests, for testers.</summary>
public static class HttpVariantOverrideServiceCollectionExtensions
{
    /// <summary>
    /// Enables requests to override the variants of their own calls with a token from <see cref="VariantOverrideTokens"/>. Disabled without this
    /// call. Exposures of overridden calls have the reason <see cref="SelectionReasons.Override"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null leaves them unchanged.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddHttpVariantOverrides(this IServiceCollection services, Action<HttpVariantOverrideOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<HttpVariantOverrideOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HttpVariantOverrideOptions>, HttpVariantOverrideOptionsValidator>());
        services.AddHttpContextAccessor();
        services.AddDataProtection();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CookieSecurity>();
        services.TryAddSingleton(provider => new VariantOverrideTokens(
            provider.GetRequiredService<IDataProtectionProvider>(),
            provider.GetRequiredService<IOptions<HttpVariantOverrideOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<HttpVariantOverrides>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IVariantOverrideProvider, HttpVariantOverrides>(
            provider => provider.GetRequiredService<HttpVariantOverrides>()));
        return services;
    }
}
