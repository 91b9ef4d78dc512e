using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>Reports the pipeline's health as an ASP.NET health check.</summary>
internal sealed class DataBackplaneHealthCheck(IEventPublisher publisher) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = await publisher.HealthAsync(cancellationToken).ConfigureAwait(false);
        return new HealthCheckResult(StatusOf(health, context.Registration.FailureStatus), health.Description, data: health.Diagnostics);
    }

    private static HealthStatus StatusOf(BackplaneHealth health, HealthStatus failureStatus) =>
        !health.IsHealthy ? failureStatus : health.IsDegraded ? HealthStatus.Degraded : HealthStatus.Healthy;
}
