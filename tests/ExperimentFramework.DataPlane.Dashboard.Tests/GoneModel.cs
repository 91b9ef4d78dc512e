using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>A read model whose experiments can be gone, as after a start without a snapshot.</summary>
internal sealed class GoneModel(IExperimentReadModel inner) : IExperimentReadModel
{
    private volatile bool _isGone;

    public bool IsGone
    {
        set => _isGone = value;
    }

    public ReadModelSource Source => inner.Source;

    public ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default) => inner.GetExperimentsAsync(cancellationToken);

    public ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default) =>
        _isGone ? ValueTask.FromResult<ExperimentDetail?>(null) : inner.GetExperimentAsync(experimentName, cancellationToken);
}
