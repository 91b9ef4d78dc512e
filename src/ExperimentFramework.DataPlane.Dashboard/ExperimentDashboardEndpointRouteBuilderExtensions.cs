using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Dashboard;
using ExperimentFramework.DataPlane.Science;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Extension methods that add the dashboard to the endpoints of an application.</summary>
public static class ExperimentDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps pages that show running experiments, and their data as JSON and CSV, from the registered <see cref="IExperimentReadModel"/>. Outside development, the application's default authorization policy protects them unless the options specify
    /// otherwise. If an <c>IConfiguration</c> is registered, its section <c>DataPlane:Dashboard</c> is read first; options set here take precedence over it.
    /// </summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="pattern">The path of the list of experiments. Default: <c>/experiments</c>.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated here.</param>
    /// <returns>The endpoints of the dashboard, for further conventions such as rate limits.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">No read model is registered, or a service that authorization requires is not registered.</exception>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public static IEndpointConventionBuilder MapExperiments(this IEndpointRouteBuilder endpoints, string pattern = "/experiments", Action<ExperimentDashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var services = endpoints.ServiceProvider;
        var model = services.GetService<IExperimentReadModel>() ?? throw new InvalidOperationException(
            "MapExperiments() requires a read model. Call services.AddExperimentMonitor(), or register an IExperimentReadModel over another source.");
        var options = ExperimentDashboardSettings.Read(services.GetService<IConfiguration>(), configure);
        var time = NonThrowingTimeProvider.Of(services.GetService<TimeProvider>() ?? TimeProvider.System);
        var logger = NonThrowingLogger.Of(services.GetService<ILoggerFactory>()?.CreateLogger(DataPlaneLogCategories.Monitoring) ?? NullLogger.Instance);
        var stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        var looks = new ResultLooks(services.GetService<AnalysisLooks>(), model, time, logger);
        var site = new SiteSettings(options.UpdateInterval, looks.AreKept);
        var updates = new UpdatesEndpoint(new LiveUpdates(model, time, options, logger), site, time, stopping);
        var group = endpoints.MapGroup(pattern);
        DashboardAccess.Protect(group, services, options);
        new DashboardEndpoints(model, looks, site, time).Map(group);
        group.MapGet("/updates", updates.HandleAsync).WithDisplayName("Updates of the dashboard");
        return group;
    }
}
