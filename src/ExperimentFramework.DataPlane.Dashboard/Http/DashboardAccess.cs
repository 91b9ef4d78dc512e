using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Decides who may see the dashboard. Outside development, authorization is required unless an option allows anonymous access.</summary>
internal static class DashboardAccess
{
    private const string Remedy =
        $"Or set {nameof(ExperimentDashboardOptions)}.{nameof(ExperimentDashboardOptions.AllowAnonymous)} if something in front of the application protects it.";

    /// <summary>Protects the endpoints.</summary>
    /// <exception cref="InvalidOperationException">A service that authorization requires is not registered.</exception>
    public static void Protect(IEndpointConventionBuilder endpoints, IServiceProvider services, ExperimentDashboardOptions options)
    {
        if (options.AllowAnonymous || (options.AuthorizationPolicy is null && services.GetService<IHostEnvironment>()?.IsDevelopment() == true))
        {
            // Requirements that the application adds to these endpoints, or to a group that contains them, are kept.
            endpoints.Finally(static endpoint =>
            {
                if (!endpoint.Metadata.Any(static metadata => metadata is IAuthorizeData or AuthorizationPolicy or IAuthorizationRequirementData))
                {
                    endpoint.Metadata.Add(new AllowAnonymousAttribute());
                }
            });
            return;
        }

        if (services.GetService<IAuthorizationPolicyProvider>() is not { } policies)
        {
            throw new InvalidOperationException($"MapExperiments() requires {Name(options)}{(options.AuthorizationPolicy is null ? " outside development" : string.Empty)}, but authorization is not registered. Call services.AddAuthorization(). {Remedy}");
        }

        // A provider that loads its policies asynchronously is checked with the first request.
        if (options.AuthorizationPolicy is { } policy && policies.GetPolicyAsync(policy) is { IsCompletedSuccessfully: true } known && known.GetAwaiter().GetResult() is null)
        {
            throw new InvalidOperationException($"MapExperiments() requires {Name(options)}, which is not registered. Call services.AddAuthorizationBuilder().AddPolicy(\"{policy}\", ...).");
        }

        if (services.GetService<IAuthenticationSchemeProvider>() is null)
        {
            throw new InvalidOperationException(
                $"MapExperiments() requires {Name(options)}, but authentication is not registered, so no user could sign in. Call services.AddAuthentication() with a scheme. {Remedy}");
        }

        if (options.AuthorizationPolicy is { } named)
        {
            endpoints.RequireAuthorization(named);
        }
        else
        {
            endpoints.RequireAuthorization();
        }
    }

    private static string Name(ExperimentDashboardOptions options) => options.AuthorizationPolicy is { } policy
        ? $"the authorization policy '{policy}' ({nameof(ExperimentDashboardOptions)}.{nameof(ExperimentDashboardOptions.AuthorizationPolicy)})"
        : $"the default authorization policy ({nameof(ExperimentDashboardOptions)}.{nameof(ExperimentDashboardOptions.AuthorizationPolicy)} sets another one)";
}
