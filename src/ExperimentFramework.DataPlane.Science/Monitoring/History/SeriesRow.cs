namespace ExperimentFramework.DataPlane.Science;

/// <summary>What a series has of one interval, apart from its counts by variant.</summary>
/// <param name="Bucket">The number of the interval: its start divided by its width.</param>
/// <param name="Version">The version of the weights that new subjects were counted under last; null if there was none.</param>
/// <param name="Run">The run of the subjects at the end of the interval.</param>
/// <param name="Compared">The subjects of the run and of the version of the weights at the end of the interval, of all variants.</param>
/// <param name="Lost">The exposures that producers reported as lost within the interval.</param>
/// <param name="LogPValue">ln p at the end of the interval.</param>
/// <param name="LogEvidence">ln E at the end of the interval.</param>
/// <param name="Exposures">The exposures within the interval, also of variants that have no column.</param>
internal readonly record struct SeriesRow(long Bucket, string? Version, int Run, uint Compared, uint Lost, float LogPValue, float LogEvidence, uint Exposures);

/// <summary>What a series has of one interval and variant.</summary>
/// <param name="Exposures">The exposures within the interval.</param>
/// <param name="NewSubjects">The subjects counted within the interval.</param>
/// <param name="Compared">The subjects of the run and of the version of the weights at the end of the interval.</param>
internal readonly record struct SeriesCell(uint Exposures, uint NewSubjects, uint Compared);
