namespace ExperimentFramework.DataPlane.Science;

/// <summary>The counts of an experiment at one moment, by the index of the variant. Series are computed from them.</summary>
/// <param name="Exposures">The exposures of each assigned variant.</param>
/// <param name="Subjects">The subjects of the latest run.</param>
/// <param name="Compared">Those of them that were counted under <paramref name="Version"/>, and are compared with its planned split.</param>
/// <param name="Version">The version of the weights under which new subjects are counted; null if there is none.</param>
/// <param name="Run">The number of the latest run.</param>
/// <param name="Lost">The exposures that producers reported as lost.</param>
/// <param name="LogPValue">ln p.</param>
/// <param name="LogEvidence">ln E, minus the correction for the number of runs and hosts.</param>
internal sealed record SeriesTotals(long[] Exposures, long[] Subjects, long[] Compared, string? Version, int Run, long Lost, double LogPValue, double LogEvidence)
{
    /// <summary>All exposures, including those of variants beyond the first 64.</summary>
    public required long AllExposures { get; init; }
}
