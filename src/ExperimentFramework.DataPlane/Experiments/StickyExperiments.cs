namespace ExperimentFramework.DataPlane;

/// <summary>The experiments whose policy keeps assignments in a store.</summary>
internal sealed class StickyExperiments(IEnumerable<Experiment> experiments)
{
    public IReadOnlyList<Experiment> All { get; } = [.. experiments.Where(experiment => experiment.Assigner.HasStore)];
}
