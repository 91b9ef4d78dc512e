using System.Globalization;
using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The health of this instance: that of its engine, and what the experiments that it coordinates have come to.</summary>
internal sealed class StreamsHealthCheck(StreamsMonitor monitor) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var experiments = monitor.States;
        Dictionary<string, object> data = new()
        {
            ["state"] = monitor.EngineState.Name,
            ["experiments"] = experiments.Count,
            ["ignored_events"] = monitor.Ignored,
            ["unreadable_messages"] = monitor.Unreadable,
            ["untimed_messages"] = monitor.Untimed,
            ["unknown_events"] = monitor.Unknown,
            ["failed_events"] = monitor.FailedEvents,
            ["too_large_messages"] = monitor.TooLarge,
            ["skipped_messages"] = monitor.Positions.Skipped,
        };
        if (monitor.IsEngineStalled)
        {
            return Result(
                context.Registration.FailureStatus,
                string.Create(CultureInfo.InvariantCulture, $"The stream engine runs, but has neither asked its brokers for messages nor restored any for {StreamsMonitor.EnginePatience.TotalMinutes} minutes, so nothing is counted. Check that the brokers answer; if they do, restart this instance."));
        }

        if (!monitor.IsEngineRunning)
        {
            return Result(context.Registration.FailureStatus, $"The stream engine does not run; it is {monitor.EngineState.Name}.{(monitor.Failure is { } failure ? $" {failure.Message}" : string.Empty)}");
        }

        var problems = ExperimentProblems.Of(experiments, monitor.Failed);
        return problems.Count == 0
            ? Result(HealthStatus.Healthy, "All experiments that this instance coordinates agree with their plans as far as they can be tested.")
            : Result(HealthStatus.Degraded, string.Join(' ', problems));

        Task<HealthCheckResult> Result(HealthStatus status, string description) => Task.FromResult(new HealthCheckResult(status, description, monitor.Failure, data));
    }
}
