using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.AspNetCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds health checks of the data plane.</summary>
public static class DataBackplaneHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a health check of the pipeline, its destinations and the assignment stores, with drops by experiment, variant and reason as data.
    /// </summary>
    /// <param name="builder">The health checks builder.</param>
    /// <param name="name">The check's name. Default: <c>data-backplane</c>.</param>
    /// <param name="failureStatus">The status to report if the check fails. Default: <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">The check's tags.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IHealthChecksBuilder AddDataBackplane(
        this IHealthChecksBuilder builder, string name = "data-backplane", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddDataBackplane();
        return builder.Add(new HealthCheckRegistration(
            name, static services => new DataBackplaneHealthCheck(services.GetRequiredService<IEventPublisher>()), failureStatus, tags));
    }
}
