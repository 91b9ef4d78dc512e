using ExperimentFramework.DataPlane.AspNetCore;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Keeps variants that a link named.</summary>
public static class HttpVariantOverrideApplicationBuilderExtensions
{
    /// <summary>
    /// Keeps the token of a link in a cookie, so that the requests after it see the same variant, until the token expires or a link with an
    /// empty token is opened. Put it before static files and endpoints.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><c>AddHttpVariantOverrides</c> was not called.</exception>
    public static IApplicationBuilder UseVariantOverrides(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var overrides = app.ApplicationServices.GetService<HttpVariantOverrides>() ?? throw new InvalidOperationException(
            "UseVariantOverrides() needs services.AddHttpVariantOverrides().");
        return app.Use((context, next) =>
        {
            overrides.Keep(context);
            return next(context);
        });
    }
}
