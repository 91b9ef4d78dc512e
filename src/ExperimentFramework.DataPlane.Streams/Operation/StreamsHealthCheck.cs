using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The health of this instance: that of its engine, and what the experiments that it coordinates have come to.</summary>
internal sealed class StreamsHealthCheck(StreamsMonitor monitor) : IHealthCheck
{
    /// <summary>The description names this many experiments; the others are in the numbers.</summary>
    private const int MaxNamed = 5;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var experiments = monitor.Experiments;
        Dictionary<string, object> data = new()
        {
            ["state"] = monitor.EngineState.Name,
            ["experiments"] = experiments.Count,
            ["ignored_events"] = monitor.Ignored,
            ["unreadable_messages"] = monitor.Unreadable,
            ["untimed_messages"] = monitor.Untimed,
            ["unknown_events"] = monitor.Unknown,
            ["failed_events"] = monitor.Faults,
            ["too_large_messages"] = monitor.TooLarge,
        };
        if (!monitor.IsEngineRunning)
        {
            return Result(context.Registration.FailureStatus, $"The stream engine does not run; it is {monitor.EngineState.Name}.{(monitor.Failure is { } failure ? $" {failure.Message}" : string.Empty)}");
        }

        var problems = new[]
        {
            Faulty(),
            Named(ExperimentState.SampleRatioMismatch, "differs from its plan, so results cannot be trusted"),
            Named(ExperimentState.Inconclusive, "differs from its plan, but lost exposures could explain it"),
            Named(ExperimentState.NotTestable, "cannot be tested"),
        }.OfType<string>().ToArray();
        return problems.Length == 0
            ? Result(HealthStatus.Healthy, "All experiments that this instance coordinates agree with their plans as far as they can be tested.")
            : Result(HealthStatus.Degraded, string.Join(' ', problems));

        Task<HealthCheckResult> Result(HealthStatus status, string description) => Task.FromResult(new HealthCheckResult(status, description, monitor.Failure, data));

        string? Faulty() => Names(monitor.Failed) is { } names ? $"The monitor failed to process {names}, so their counts and verdicts are incomplete." : null;

        string? Named(ExperimentState state, string finding) =>
            Names(experiments.Where(experiment => experiment.Value.State == state).Select(static experiment => experiment.Key)) is { } names ? $"The split of {names} {finding}." : null;

        static string? Names(IEnumerable<string> experiments)
        {
            string[] names = [.. experiments.Order(StringComparer.Ordinal)];
            var more = names.Length > MaxNamed ? FormattableString.Invariant($" and {names.Length - MaxNamed} more") : string.Empty;
            return names.Length == 0 ? null : string.Join(", ", names.Take(MaxNamed)) + more;
        }
    }
}
