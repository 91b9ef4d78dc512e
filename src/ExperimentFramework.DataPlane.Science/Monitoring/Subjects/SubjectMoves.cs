namespace ExperimentFramework.DataPlane.Science;

/// <summary>How many subjects are followed from variant to variant, and how many of them moved.</summary>
/// <param name="Followed">The subjects that are followed.</param>
/// <param name="Crossovers">Those that moved within one version of the weights, without an explanation.</param>
/// <param name="Explained">Those that moved for a known reason.</param>
internal readonly record struct SubjectMoves(long Followed, long Crossovers, long Explained);
