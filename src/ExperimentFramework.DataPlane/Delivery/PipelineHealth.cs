using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>The health of the pipeline: of its destinations, of the queue in front of them, and of its other components.</summary>
internal sealed class PipelineHealth(
    IEnumerable<IHealthContributor> contributors, DropLedger ledger, ReplacedValues replaced, EventRedaction redaction, PipelineContext context)
{
    /// <summary>Gets the health of the pipeline.</summary>
    /// <param name="destinations">Its destinations.</param>
    /// <param name="queue">The queue in front of them; null if all destinations are immediate.</param>
    /// <param name="cancellationToken">Cancels the checks of the destinations.</param>
    public async ValueTask<BackplaneHealth> GetAsync(IReadOnlyList<Destination> destinations, RecordQueue? queue, CancellationToken cancellationToken)
    {
        var health = await HealthAggregator.AggregateAsync(destinations, contributors, ledger, cancellationToken).ConfigureAwait(false);
        health = health with { Diagnostics = new Dictionary<string, object>(health.Diagnostics) { ["values_replaced"] = replaced.Total } };
        if (queue is not null)
        {
            return GetHealth(health, queue.Pending, queue.Capacity, context.Drops.Losses.HasRecentLoss, DegradedReason);
        }

        // Immediate destinations have no queue to check, but the same clock and the same redaction.
        return DegradedReason is { } reason && health.IsHealthy ? BackplaneHealth.Degraded(reason, health.Diagnostics) : health;
    }

    /// <summary>Adds the health of the queue to that of the destinations.</summary>
    public static BackplaneHealth GetHealth(BackplaneHealth destinations, long queued, int capacity, bool hasRecentLoss, string? degradedReason)
    {
        var diagnostics = new Dictionary<string, object>(destinations.Diagnostics)
        {
            ["queued"] = queued,
            ["queue_capacity"] = capacity,
        };
        if (hasRecentLoss)
        {
            return BackplaneHealth.Unhealthy($"Events are being lost before they reach any destination. {destinations.Description}", diagnostics);
        }

        if (degradedReason is not null && destinations.IsHealthy)
        {
            return BackplaneHealth.Degraded(destinations.IsDegraded ? $"{degradedReason} {destinations.Description}" : degradedReason, diagnostics);
        }

        return destinations.IsHealthy && queued * 5 >= capacity * 4L
            ? BackplaneHealth.Degraded(string.Create(CultureInfo.InvariantCulture, $"The queue holds {queued} of at most {capacity} events. {destinations.Description}"), diagnostics)
            : destinations with { Diagnostics = diagnostics };
    }

    /// <summary>A sentence for operators about a problem of the pipeline itself; null if there is none.</summary>
    private string? DegradedReason => redaction.DegradedReason ?? context.Faults.DegradedReason
        ?? ((context.Time as NonThrowingTimeProvider)?.Fault is { } fault
            ? $"The registered TimeProvider throws, so the system clock is used instead: {redaction.Exceptions.MessageOf(fault)}"
            : null);
}
