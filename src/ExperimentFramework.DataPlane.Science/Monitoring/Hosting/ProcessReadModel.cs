namespace ExperimentFramework.DataPlane.Science;

/// <summary>The read model of the process: the read model of its monitor, plus the destinations of the process and the looks at results.</summary>
/// <param name="monitor">The read model of the monitor.</param>
/// <param name="pipeline">The pipeline. It is created by the first read, because the monitor is one of its destinations.</param>
/// <param name="drops">Counts dropped events.</param>
/// <param name="looks">Records looks.</param>
internal sealed class ProcessReadModel(MonitorReadModel monitor, Func<DeliveryPipeline> pipeline, DropLedger drops, AnalysisLooks looks) : IExperimentReadModel
{
    public ReadModelSource Source => monitor.Source;

    /// <summary>Records looks at what the model shows.</summary>
    public AnalysisLooks Looks => looks;

    public async ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default) =>
        await monitor.GetExperimentsAsync(cancellationToken).ConfigureAwait(false) with { Destinations = Destinations() };

    public async ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default)
    {
        if (await monitor.GetExperimentAsync(experimentName, cancellationToken).ConfigureAwait(false) is not { } detail)
        {
            return null;
        }

        var history = await looks.Memory.GetAsync(experimentName, cancellationToken).ConfigureAwait(false);
        return detail with { Looks = history, Destinations = Destinations(), Drops = DropsOf(experimentName) };
    }

    private DestinationOverview[] Destinations() => [.. pipeline().Destinations.Select(Read)];

    private static DestinationOverview Read(Destination destination)
    {
        var (status, queue) = (destination.Status, destination.QueueState);
        var outage = status.LastOutage;
        return new DestinationOverview
        {
            Name = destination.Name,
            State = StateOf(status, queue),
            Queued = queue.Queued,
            InOutbox = queue.InOutbox,
            Delivered = status.Delivered,
            Dropped = status.Dropped,
            FailingSince = status.FailingSince,
            LastError = status.LastErrorText,
            LastOutage = outage is null ? null : new Outage(outage.From, outage.Until),
        };
    }

    private static DestinationState StateOf(DestinationStatus status, in DestinationQueueState queue) => status switch
    {
        { Losses.HasRecentLoss: true } => DestinationState.LosingEvents,
        { Level: 2 } => DestinationState.Failing,
        { Level: 1 } => DestinationState.Retrying,
        _ => queue.InOutbox > 0 ? DestinationState.CatchingUp : DestinationState.Delivering,
    };

    private DroppedEvents[] DropsOf(string experiment) =>
    [
        .. drops.CountsOfExperiment(experiment)
            .Where(static drop => drop.Row.IsPublished && drop.Count > 0)
            .GroupBy(static drop => (drop.Row.Destination, drop.Row.Key.Variant, drop.Row.Key.TypeName, drop.Row.Reason), static drop => drop.Count)
            .Select(static rows => new DroppedEvents(rows.Key.Destination, rows.Key.Variant, rows.Key.TypeName, rows.Key.Reason, rows.Sum()))
            .OrderByDescending(static row => row.Events).ThenBy(static row => row.Destination, StringComparer.Ordinal).ThenBy(static row => row.Variant, StringComparer.Ordinal)
            .ThenBy(static row => row.EventType, StringComparer.Ordinal).ThenBy(static row => row.Reason, StringComparer.Ordinal),
    ];
}
