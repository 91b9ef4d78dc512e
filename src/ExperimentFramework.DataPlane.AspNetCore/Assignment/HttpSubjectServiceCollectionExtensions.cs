using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.AspNetCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers subject identification for web requests.</summary>
public static class HttpSubjectServiceCollectionExtensions
{
    /// <summary>
    /// Identifies the subject and tenant of calls without tagged values from the current request: the signed-in user, a header, or a cookie
    /// for anonymous visitors. Call this before <c>AddExperimentFramework</c>. Multiple hosts must share their data protection keys
    /// (<c>services.AddDataProtection().PersistKeysTo...</c>), or each would replace the cookies of the others.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null leaves them unchanged.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddHttpSubjectIdentity(this IServiceCollection services, Action<HttpSubjectOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<HttpSubjectOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HttpSubjectOptions>, HttpSubjectOptionsValidator>());
        services.AddHttpContextAccessor();
        services.AddDataProtection();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CookieSecurity>();
        services.TryAddSingleton<VisitorCookie>();
        services.TryAddSingleton<SignIns>();
        services.TryAddScoped<ISubjectIdentityProvider, HttpSubjectIdentityProvider>();
        return services;
    }
}
