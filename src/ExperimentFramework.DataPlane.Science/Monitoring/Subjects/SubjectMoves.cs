namespace ExperimentFramework.DataPlane.Science;

/// <summary>The number of tracked subjects, and how many of them moved to another variant.</summary>
/// <param name="Followed">The number of subjects that are tracked.</param>
/// <param name="Crossovers">Those that moved within one version of the weights, without an explanation.</param>
/// <param name="Explained">Those that moved for a known reason.</param>
internal readonly record struct SubjectMoves(long Followed, long Crossovers, long Explained);
