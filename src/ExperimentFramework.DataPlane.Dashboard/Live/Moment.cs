using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The experiments at one moment: whatever several views need is read once.</summary>
/// <param name="model">The read model.</param>
internal sealed class Moment(IExperimentReadModel model)
{
    private readonly Dictionary<string, ExperimentDetail?> _details = new(StringComparer.Ordinal);
    private ExperimentOverview? _overview;

    public async ValueTask<ExperimentOverview> GetOverviewAsync(CancellationToken cancellationToken) =>
        _overview ??= await model.GetExperimentsAsync(cancellationToken).ConfigureAwait(false);

    public async ValueTask<ExperimentDetail?> GetDetailAsync(string name, CancellationToken cancellationToken)
    {
        if (!_details.TryGetValue(name, out var detail))
        {
            _details.Add(name, detail = await model.GetExperimentAsync(name, cancellationToken).ConfigureAwait(false));
        }

        return detail;
    }
}
