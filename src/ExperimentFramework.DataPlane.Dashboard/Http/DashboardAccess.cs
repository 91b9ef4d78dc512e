using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Decides who may see the dashboard: outside development nobody without authorization, unless an option allows it.</summary>
internal static class DashboardAccess
{
    private const string Remedy =
        $"Or set {nameof(ExperimentDashboardOptions)}.{nameof(ExperimentDashboardOptions.AllowAnonymous)} if something in front of the application protects it.";

    /// <summary>Protects the endpoints.</summary>
    /// <exception cref="InvalidOperationException">What authorization needs is not registered.</exception>
    public static void Protect(IEndpointConventionBuilder endpoints, IServiceProvider services, ExperimentDashboardOptions options)
    {
        if (options.AllowAnonymous || (options.AuthorizationPolicy is null && services.GetService<IHostEnvironment>()?.IsDevelopment() == true))
        {
            endpoints.AllowAnonymous();
            return;
        }

        if (services.GetService<IAuthorizationPolicyProvider>() is not { } policies)
        {
            throw new InvalidOperationException($"MapExperiments() requires {Name(options)} outside development, and authorization is not registered. Call services.AddAuthorization(). {Remedy}");
        }

        if (options.AuthorizationPolicy is not { } policy)
        {
            if (services.GetService<IAuthenticationSchemeProvider>() is null)
            {
                throw new InvalidOperationException($"MapExperiments() requires {Name(options)} outside development, and no authentication is registered. Call services.AddAuthentication() with a scheme. {Remedy}");
            }

            endpoints.RequireAuthorization();
            return;
        }

        // A provider that has to wait for its policies is asked with the first request.
        var known = policies.GetPolicyAsync(policy);
        if (known.IsCompletedSuccessfully && known.GetAwaiter().GetResult() is null)
        {
            throw new InvalidOperationException($"MapExperiments() requires {Name(options)}, which is not registered. Call services.AddAuthorizationBuilder().AddPolicy(\"{policy}\", ...).");
        }

        endpoints.RequireAuthorization(policy);
    }

    private static string Name(ExperimentDashboardOptions options) => options.AuthorizationPolicy is { } policy
        ? $"the authorization policy '{policy}' ({nameof(ExperimentDashboardOptions)}.{nameof(ExperimentDashboardOptions.AuthorizationPolicy)})"
        : $"the default authorization policy ({nameof(ExperimentDashboardOptions)}.{nameof(ExperimentDashboardOptions.AuthorizationPolicy)} names another one)";
}
