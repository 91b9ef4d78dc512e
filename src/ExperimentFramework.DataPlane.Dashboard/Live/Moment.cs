using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The experiments at one moment. Data that several views need is read once. Used by one thread at a time.</summary>
/// <param name="model">The read model.</param>
internal sealed class Moment(IExperimentReadModel model)
{
    private readonly Dictionary<string, Task<ExperimentDetail?>> _details = new(StringComparer.Ordinal);
    private Task<ExperimentOverview>? _overview;

    public Task<ExperimentOverview> GetOverviewAsync() => _overview ??= model.GetExperimentsAsync().AsTask();

    public Task<ExperimentDetail?> GetDetailAsync(string name) => _details.TryGetValue(name, out var detail) ? detail : _details[name] = model.GetExperimentAsync(name).AsTask();
}
