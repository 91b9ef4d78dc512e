namespace ExperimentFramework.DataPlane.Science;

/// <summary>What the verdict on a split is made of. Details are computed when they are asked for: most evaluations change nothing.</summary>
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

    /// <summary>Whether a run that has ended is to be reported, and this one would not be: its counts are gone.</summary>
    public bool IsOfEarlierRun => SequentialSampleRatio.SeverityOf(run.LogPValue + logHosts) < SequentialSampleRatio.SeverityOf(logPValue);

    /// <summary>The start since which the evidence is strongest; null if it is strongest since the beginning.</summary>
    public StartPoint? Start
    {
        get
        {
            ComputeParts();
            return _start;
        }
    }

    /// <summary>The segments whose split is off.</summary>
    public IReadOnlyList<(string Name, VersionedCounts Counts)> Segments => ComputeParts();

    /// <summary>The counts of the run next to its plan.</summary>
    public RunSummary Summary(MonitoredExperiment experiment) => _summary ??= RunSummary.Of(experiment, run, run.Counts);

    private IReadOnlyList<(string Name, VersionedCounts Counts)> ComputeParts()
    {
        if (_segments is null)
        {
            // The evidence was computed last from another run, if there are two.
            evidence.Compute(run);
            _start = evidence.StrongestStart(run);
            _segments = evidence.BrokenSegments(run, AlertLevel);
        }

        return _segments;
    }
}
