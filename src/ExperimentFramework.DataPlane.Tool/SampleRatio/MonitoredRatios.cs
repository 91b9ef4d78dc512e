using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What a monitor has counted of a stream for the test of its splits.</summary>
/// <param name="Monitor">The monitor, which has evaluated all experiments.</param>
/// <param name="Declarations">The weights of the command line.</param>
/// <param name="Time">The time of the stream.</param>
internal sealed record MonitoredRatios(ExperimentMonitor Monitor, WeightDeclarations Declarations, BelievedTime Time)
{
    private readonly SeenEvents _seen = new();

    /// <summary>Reads events.</summary>
    /// <param name="events">The events, in the order of their times.</param>
    /// <param name="weights">The weights of the command line.</param>
    /// <param name="segments">The exposure attributes whose values are segments.</param>
    /// <param name="only">The only experiment that is watched; null for all.</param>
    /// <param name="clock">The clock of this process.</param>
    public static async Task<MonitoredRatios> ReadAsync(
        IAsyncEnumerable<SourceEvent> events, IEnumerable<DeclaredWeights> weights, IEnumerable<string> segments, string? only, TimeProvider clock)
    {
        var ratios = new MonitoredRatios(new ExperimentMonitor(MonitorBounds.Options(segments)), new WeightDeclarations(weights), new BelievedTime(clock));
        await foreach (var read in events)
        {
            ratios.Take(read.Envelope, only);
        }

        ratios.Monitor.Evaluate(ratios.Time.Latest);
        return ratios;
    }

    private void Take(DataPlaneEnvelope envelope, string? only)
    {
        if (MayCountTwice(envelope.Payload) && envelope.EventId != Guid.Empty && !_seen.Add(envelope))
        {
            return;
        }

        if (Declarations.Replaces(envelope.Payload) || (only is not null && MonitorBounds.IsOfAnother(envelope.Payload, only)))
        {
            return;
        }

        var now = Time.Follow(envelope.Timestamp);
        if (Declarations.Before(envelope) is { } declaration)
        {
            Monitor.Observe(declaration, now);
        }

        Monitor.Observe(envelope, now);
    }

    /// <summary>Whether an event that was delivered twice would count twice. A subject counts once whatever its exposures are, so their ids, which are most of a stream, need not be remembered. Error events name losses, which are added up, and the monitor knows only the latest of them.</summary>
    private static bool MayCountTwice(DataPlaneEvent payload) => payload is ExposureEvent exposure
        ? exposure.SubjectId is null || exposure.AllocationVersion is null
        : payload is not (OutcomeEvent or MetricEvent or AssignmentEvent);
}
