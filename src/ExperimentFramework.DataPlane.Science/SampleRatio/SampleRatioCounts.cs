namespace ExperimentFramework.DataPlane.Science;

/// <summary>The subjects that were assigned under one version of the weights.</summary>
/// <param name="Counts">The distinct subjects of each variant.</param>
/// <param name="Allocation">The planned split.</param>
public sealed record SampleRatioCounts(ReadOnlyMemory<long> Counts, Allocation Allocation);
