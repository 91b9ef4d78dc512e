using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>A read model that also knows what a process knows: destinations, drops and looks, as the test sets them.</summary>
internal sealed class ProcessModel(IExperimentReadModel inner) : IExperimentReadModel
{
    public IReadOnlyList<DestinationOverview> Destinations { get; set; } = [];

    public IReadOnlyList<DroppedEvents> Drops { get; set; } = [];

    public LookHistory? Looks { get; set; }

    public ReadModelSource Source => inner.Source;

    public async ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default) =>
        await inner.GetExperimentsAsync(cancellationToken) with { Destinations = Destinations };

    public async ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default) =>
        await inner.GetExperimentAsync(experimentName, cancellationToken) is { } detail ? detail with { Destinations = Destinations, Drops = Drops, Looks = Looks } : null;

    /// <summary>A destination in a state.</summary>
    public static DestinationOverview Destination(string name, DestinationState state = DestinationState.Delivering) => new()
    {
        Name = name,
        State = state,
        Queued = 3,
        InOutbox = state == DestinationState.Delivering ? 0 : 1_200,
        Delivered = 45_000,
        Dropped = state == DestinationState.LosingEvents ? 70 : 0,
        FailingSince = state >= DestinationState.Retrying ? Dashboard.Start : null,
        LastError = state >= DestinationState.Retrying ? "The connection was refused." : null,
        LastOutage = state == DestinationState.CatchingUp ? new Outage(Dashboard.Start.AddMinutes(-2), Dashboard.Start) : null,
    };
}
