namespace ExperimentFramework.DataPlane;

/// <summary>The name and variant keys of a registered experiment.</summary>
/// <param name="Name">The experiment's name.</param>
/// <param name="VariantKeys">The keys of its variants; null if the selector may return any.</param>
internal sealed record KnownExperiment(string Name, IReadOnlyList<string>? VariantKeys);
