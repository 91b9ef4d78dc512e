namespace ExperimentFramework.DataPlane;

/// <summary>The experiments whose policy stores assignments.</summary>
internal sealed class StickyExperiments(IEnumerable<Experiment> experiments)
{
    public IReadOnlyList<Experiment> All { get; } = [.. experiments.Where(experiment => experiment.Assigner.HasStore)];
}
