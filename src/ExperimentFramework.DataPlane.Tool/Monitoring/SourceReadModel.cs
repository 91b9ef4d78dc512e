using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The experiments of sources, as pages show them. Ids of subjects are hidden unless they are asked for, as everywhere on the command line.</summary>
/// <param name="monitor">The monitor.</param>
/// <param name="source">Says where the events come from.</param>
/// <param name="showsSubjects">Whether the latest events are shown as they are.</param>
/// <param name="time">The clock.</param>
internal sealed class SourceReadModel(ExperimentMonitor monitor, Func<ReadModelSource> source, bool showsSubjects, TimeProvider time) : IExperimentReadModel
{
    private readonly MonitorReadModel _model = new(monitor, source(), time);

    /// <inheritdoc/>
    public ReadModelSource Source => source();

    /// <inheritdoc/>
    public async ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default) =>
        await _model.GetExperimentsAsync(cancellationToken) with { Source = Source };

    /// <inheritdoc/>
    public async ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default) =>
        await _model.GetExperimentAsync(experimentName, cancellationToken) is { } detail
            ? detail with { Source = Source, LatestEvents = showsSubjects ? detail.LatestEvents : [.. detail.LatestEvents.Select(static kept => kept with { Envelope = RedactedEvent.Of(kept.Envelope) })] }
            : null;
}
