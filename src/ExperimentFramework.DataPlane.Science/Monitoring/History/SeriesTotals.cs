namespace ExperimentFramework.DataPlane.Science;

/// <summary>The counts of an experiment at one moment that its series are made of, by the index of the variant.</summary>
/// <param name="Exposures">The exposures of each assigned variant.</param>
/// <param name="Subjects">The subjects of the latest run.</param>
/// <param name="Compared">Those of them that were counted under <paramref name="Version"/>, whose planned split they are compared with.</param>
/// <param name="Version">The version of the weights that new subjects are counted under; null if there is none.</param>
/// <param name="Run">The number of the latest run.</param>
/// <param name="Lost">The exposures that producers say they lost.</param>
/// <param name="LogPValue">ln p.</param>
/// <param name="LogEvidence">ln E, less what the number of runs and hosts takes from it.</param>
internal sealed record SeriesTotals(long[] Exposures, long[] Subjects, long[] Compared, string? Version, int Run, long Lost, double LogPValue, double LogEvidence)
{
    /// <summary>All exposures, including those of variants beyond the first 64.</summary>
    public required long AllExposures { get; init; }
}
