namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The history of an experiment in consecutive intervals of equal width. All lists have one entry for each interval, oldest first; the last interval is not over yet.
/// </summary>
public sealed record ExperimentSeries
{
    /// <summary>The start of the first interval, in UTC.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>The width of an interval.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The run in which subjects were counted at the end of each interval; 0 before the first.</summary>
    public required IReadOnlyList<int> Runs { get; init; }

    /// <summary>The version of the weights under which most new subjects were counted; null before the first.</summary>
    public required IReadOnlyList<string?> Allocations { get; init; }

    /// <summary>All exposures within each interval, including those of variants that are not in <see cref="Variants"/>.</summary>
    public IReadOnlyList<long> Exposures { get; init; } = [];

    /// <summary>The exposures that producers reported as lost within each interval.</summary>
    public required IReadOnlyList<long> LostExposures { get; init; }

    /// <summary>ln p at the end of each interval, as <see cref="ExperimentStatus.LogPValue"/>.</summary>
    public required IReadOnlyList<double> LogPValues { get; init; }

    /// <summary>ln E at the end of each interval, as <see cref="ExperimentStatus.LogEvidence"/>.</summary>
    public required IReadOnlyList<double> LogEvidence { get; init; }

    /// <summary>The variants, at most 16, in order of appearance.</summary>
    public required IReadOnlyList<VariantSeries> Variants { get; init; }
}

/// <summary>One variant in consecutive intervals.</summary>
/// <param name="Key">The key of the variant.</param>
/// <param name="Exposures">The exposures within each interval.</param>
/// <param name="NewSubjects">The subjects counted within each interval.</param>
/// <param name="Shares">The variant's share of the subjects of the run at the end of each interval, under the version of the weights at that time; null without subjects.</param>
/// <param name="PlannedShares">The planned share under this version; null if it is unknown.</param>
/// <param name="LowShares">The smallest share that is compatible with the counts at a level of 0.01, after any number of looks; null without subjects.</param>
/// <param name="HighShares">The largest share that is compatible with the counts at a level of 0.01, after any number of looks; null without subjects.</param>
public sealed record VariantSeries(
    string Key,
    IReadOnlyList<long> Exposures,
    IReadOnlyList<long> NewSubjects,
    IReadOnlyList<double?> Shares,
    IReadOnlyList<double?> PlannedShares,
    IReadOnlyList<double?> LowShares,
    IReadOnlyList<double?> HighShares);
