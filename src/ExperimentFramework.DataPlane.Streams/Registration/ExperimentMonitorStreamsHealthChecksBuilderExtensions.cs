using ExperimentFramework.DataPlane.Streams;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a health check of the experiment monitor on Kafka Streams.</summary>
public static class ExperimentMonitorStreamsHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a health check of this instance of the monitor: unhealthy if the stream engine does not run, or has neither asked its brokers for messages nor restored any for two minutes; degraded while an experiment that it coordinates cannot be trusted, with the experiment's name.
    /// </summary>
    /// <param name="builder">The health checks builder.</param>
    /// <param name="name">The check's name. Default: <c>experiment-monitor</c>.</param>
    /// <param name="failureStatus">The status to report if the check fails. Default: <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">The check's tags.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IHealthChecksBuilder AddExperimentMonitorStreams(
        this IHealthChecksBuilder builder, string name = "experiment-monitor", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddExperimentMonitorStreams();
        return builder.Add(new HealthCheckRegistration(name, static services => new StreamsHealthCheck(services.GetRequiredService<StreamsMonitor>()), failureStatus, tags));
    }
}
