using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The sample ratio of one experiment.</summary>
/// <param name="Status">What the monitor says after the whole stream: the sequential test.</param>
/// <param name="Pooled">The test of a single look over all versions of the weights; null if there is nothing to test.</param>
/// <param name="Versions">The versions of the weights.</param>
/// <param name="Segments">The segments, over all versions.</param>
internal sealed record SampleRatioReport(
    ExperimentStatus Status,
    ChiSquareResult? Pooled,
    IReadOnlyList<VersionRatio> Versions,
    IReadOnlyList<SegmentRatio> Segments)
{
    /// <summary>Whether the split is broken, by the sequential test.</summary>
    public bool IsBroken => Status.State == ExperimentState.SampleRatioMismatch;
}

/// <summary>The subjects that were assigned under one version of the weights.</summary>
/// <param name="Version">The version.</param>
/// <param name="Variants">The variants that have a weight or subjects.</param>
/// <param name="Result">The test of a single look; null if the weights are unknown.</param>
/// <param name="ExactPValue">The exact p-value, while counts are small enough to enumerate; null otherwise.</param>
internal sealed record VersionRatio(string Version, IReadOnlyList<VariantRatio> Variants, SampleRatioResult? Result, double? ExactPValue);

/// <summary>The subjects of one variant.</summary>
/// <param name="Key">The variant.</param>
/// <param name="Weight">Its weight; null if it was not declared.</param>
/// <param name="Subjects">How many were counted.</param>
/// <param name="Expected">How many the weights expect of as many in all; null if they are unknown.</param>
internal sealed record VariantRatio(string Key, double? Weight, long Subjects, double? Expected);

/// <summary>The subjects of one segment, over all versions of the weights that are known.</summary>
/// <param name="Name">The segment, such as <c>tenant=acme</c>.</param>
/// <param name="Subjects">How many were counted.</param>
/// <param name="ChiSquare">The test of a single look; null if there is nothing to test.</param>
/// <param name="AdjustedLogPValue">ln p times the number of segments that were tested.</param>
internal sealed record SegmentRatio(string Name, long Subjects, ChiSquareResult? ChiSquare, double AdjustedLogPValue);
