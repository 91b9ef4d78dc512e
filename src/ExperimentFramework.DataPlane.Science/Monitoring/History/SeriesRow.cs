namespace ExperimentFramework.DataPlane.Science;

/// <summary>The values of one interval of a series, except its counts by variant.</summary>
/// <param name="Bucket">The number of the interval: its start divided by its width.</param>
/// <param name="Version">The version of the weights under which new subjects were last counted; null if there was none.</param>
/// <param name="Run">The run in which subjects were counted at the end of the interval.</param>
/// <param name="Compared">The subjects of the run and of the version of the weights at the end of the interval, of all variants.</param>
/// <param name="Lost">The exposures that producers reported as lost within the interval.</param>
/// <param name="LogPValue">ln p at the end of the interval.</param>
/// <param name="LogEvidence">ln E at the end of the interval.</param>
/// <param name="Exposures">The exposures within the interval, including those of variants without a column.</param>
internal readonly record struct SeriesRow(long Bucket, string? Version, int Run, uint Compared, uint Lost, float LogPValue, float LogEvidence, uint Exposures);

/// <summary>The values of one interval of a series for one variant.</summary>
/// <param name="Exposures">The exposures within the interval.</param>
/// <param name="NewSubjects">The subjects counted within the interval.</param>
/// <param name="Compared">The subjects of the run and of the version of the weights at the end of the interval.</param>
internal readonly record struct SeriesCell(uint Exposures, uint NewSubjects, uint Compared);
