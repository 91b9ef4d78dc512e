namespace ExperimentFramework.DataPlane;

/// <summary>The names of an experiment, without the experiment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="VariantKeys">The keys of its variants; null where the selector names any.</param>
internal sealed record KnownExperiment(string Name, IReadOnlyList<string>? VariantKeys);
