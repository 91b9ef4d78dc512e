namespace ExperimentFramework.DataPlane.Science;

/// <summary>The data of a verdict on a split. Details are computed on demand, because most evaluations change nothing.</summary>
/// <param name="run">The run with the strongest evidence.</param>
/// <param name="evidence">Computes the parts of its evidence.</param>
/// <param name="logPValue">ln p, over all runs and hosts.</param>
/// <param name="logHosts">ln of the number of hosts.</param>
internal sealed class SampleRatioQuestion(MonitorRun run, SampleRatioEvidence evidence, double logPValue, double logHosts)
{
    /// <summary>The level at which a split is broken, and the false discovery rate among segments.</summary>
    public const double AlertLevel = 0.01;

    /// <summary>The level at which a split is suspicious.</summary>
    public const double WarningLevel = 0.05;

    private RunSummary? _summary;
    private IReadOnlyList<(string Name, VersionedCounts Counts)>? _segments;
    private StartPoint? _start;

    public MonitorRun Run => run;

    public double LogPValue => logPValue;

    public double LogHosts => logHosts;

    /// <summary>Whether the finding belongs to a run that has ended, whose counts are no longer available: the current run alone would not be reported.</summary>
    public bool IsOfEarlierRun => SequentialSampleRatio.SeverityOf(run.LogPValue + logHosts) < SequentialSampleRatio.SeverityOf(logPValue);

    /// <summary>The start with the strongest evidence since then; null if the evidence since the beginning is strongest.</summary>
    public StartPoint? Start
    {
        get
        {
            ComputeParts();
            return _start;
        }
    }

    /// <summary>The segments whose split deviates from the plan.</summary>
    public IReadOnlyList<(string Name, VersionedCounts Counts)> Segments => ComputeParts();

    /// <summary>The observed and planned counts of the run.</summary>
    public RunSummary Summary(MonitoredExperiment experiment) => _summary ??= RunSummary.Of(experiment, run, run.Counts);

    private IReadOnlyList<(string Name, VersionedCounts Counts)> ComputeParts()
    {
        if (_segments is null)
        {
            // If there are two runs, the evidence was last computed from the other one.
            evidence.Compute(run);
            _start = evidence.StrongestStart(run);
            _segments = evidence.BrokenSegments(run, AlertLevel);
        }

        return _segments;
    }
}
