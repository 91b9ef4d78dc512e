using ExperimentFramework.DataPlane.AspNetCore;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds variant overrides to the request pipeline.</summary>
public static class HttpVariantOverrideApplicationBuilderExtensions
{
    /// <summary>
    /// Stores the token of a link in a cookie, so that later requests get the same variant until the token expires or a link with an empty
    /// token is opened. Add it before static files and endpoints.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><c>AddHttpVariantOverrides</c> was not called.</exception>
    public static IApplicationBuilder UseVariantOverrides(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var overrides = app.ApplicationServices.GetService<HttpVariantOverrides>() ?? throw new InvalidOperationException(
            "UseVariantOverrides() requires services.AddHttpVariantOverrides().");
        return app.Use((context, next) =>
        {
            overrides.StoreInCookie(context);
            return next(context);
        });
    }
}
