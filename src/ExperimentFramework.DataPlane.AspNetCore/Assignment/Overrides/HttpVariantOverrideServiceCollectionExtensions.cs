using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.AspNetCore;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers variants that requests name, for testers.</summary>
public static class HttpVariantOverrideServiceCollectionExtensions
{
    /// <summary>
    /// Lets a request name the variants of its own calls by a token of <see cref="VariantOverrideTokens"/>. Without this call no request can.
    /// Exposures of such calls have the reason <see cref="SelectionReasons.Override"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; null leaves them as they are.</param>
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
