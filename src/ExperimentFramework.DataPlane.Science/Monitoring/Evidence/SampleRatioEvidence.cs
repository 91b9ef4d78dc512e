namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The evidence of a run against its planned split: ln E as a mean over the whole run, over the starts within it, and over its segments. If the split is healthy, each part is a martingale that starts at 1, and so is their mean.
/// </summary>
/// <remarks>
/// E = 1/2 E(time) + 1/2 sum of 1/32 E(segment), and E(time) = 1/2 E(all) + sum of 1/(2 j (j + 1)) E(since start j). The weights of future segments and starts count with E = 1; the weights of dropped starts are lost. Each E is the product over the versions of the weights of the mixture of <see cref="SequentialSampleRatio"/>.
/// </remarks>
internal sealed class SampleRatioEvidence
{
    private static readonly double LogHalf = Math.Log(0.5);
    private static readonly double LogSegmentWeight = Math.Log(0.5 / SegmentCounts.MaxCount);

    private readonly double[] _starts = new double[StartPoints.MaxCount];
    private readonly double[] _segments = new double[SegmentCounts.MaxCount];

    private SampleRatioEvidence()
    {
    }

    /// <summary>ln E of the mean of all parts.</summary>
    public double LogEValue { get; private set; }

    /// <summary>ln E of the whole run.</summary>
    public double SinceBeginning { get; private set; }

    /// <summary>Creates evidence that has not been computed.</summary>
    public static SampleRatioEvidence Create() => new();

    /// <summary>ln E since a start, by its index in <see cref="StartPoints.All"/>.</summary>
    public double SinceStart(int index) => _starts[index];

    /// <summary>ln E of a segment, by its index in <see cref="SegmentCounts.All"/>.</summary>
    public double OfSegment(int index) => _segments[index];

    /// <summary>Computes the evidence from the counts of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="losses">The lost exposures of each variant, any of which could have been the first one of a subject; null to use the counts unchanged.</param>
    /// <returns>ln E; with losses, the smallest value that they allow.</returns>
    public double Compute(MonitorRun run, ReadOnlyMemory<long>? losses = null)
    {
        SinceBeginning = LogEValueOf(run, run.Counts, null, losses);
        Span<double> logs = stackalloc double[StartPoints.MaxCount + 2];
        var starts = run.Starts.All;
        for (var index = 0; index < starts.Count; index++)
        {
            _starts[index] = LogEValueOf(run, run.Counts, starts[index].Counts, losses);
            logs[index] = Math.Log(starts[index].Weight) + _starts[index];
        }

        logs[starts.Count] = LogHalf + SinceBeginning;
        logs[starts.Count + 1] = Math.Log(run.Starts.WeightToCome);
        var time = LogarithmicFunctions.LogSumExp(logs[..(starts.Count + 2)]);

        var segments = run.Segments.All;
        for (var index = 0; index < segments.Count; index++)
        {
            _segments[index] = LogEValueOf(run, segments[index].Counts, null, losses);
            logs[index] = LogSegmentWeight + _segments[index];
        }

        logs[segments.Count] = LogHalf + time;
        logs[segments.Count + 1] = segments.Count == SegmentCounts.MaxCount ? double.NegativeInfinity : Math.Log(0.5 - (0.5 * segments.Count / SegmentCounts.MaxCount));
        LogEValue = LogarithmicFunctions.LogSumExp(logs[..(segments.Count + 2)]);
        return LogEValue;
    }

    /// <summary>
    /// Finds the segments whose split deviates from the plan, by the e-value procedure of Benjamini and Hochberg: the k largest with ln E of at least ln(32 / (alpha k)). Wang and Ramdas, "False discovery rate control with
    /// e-values" (2022): it holds whatever the dependence between segments.
    /// </summary>
    /// <param name="run">The run that the evidence was computed from.</param>
    /// <param name="alpha">The false discovery rate.</param>
    /// <returns>The segments, strongest evidence first.</returns>
    public IReadOnlyList<(string Name, VersionedCounts Counts)> BrokenSegments(MonitorRun run, double alpha)
    {
        var order = Enumerable.Range(0, run.Segments.All.Count).OrderByDescending(index => _segments[index]).ToArray();
        var found = 0;
        for (var rank = 1; rank <= order.Length; rank++)
        {
            found = _segments[order[rank - 1]] >= Math.Log(SegmentCounts.MaxCount / (alpha * rank)) ? rank : found;
        }

        return [.. order.Take(found).Select(index => run.Segments.All[index])];
    }

    /// <summary>Finds the start with the strongest evidence since then; null if the evidence since the beginning of the run is strongest.</summary>
    public StartPoint? StrongestStart(MonitorRun run)
    {
        StartPoint? strongest = null;
        var best = LogHalf + SinceBeginning;
        for (var index = 0; index < run.Starts.All.Count; index++)
        {
            var weighted = Math.Log(run.Starts.All[index].Weight) + _starts[index];
            if (weighted > best)
            {
                best = weighted;
                strongest = run.Starts.All[index];
            }
        }

        return strongest;
    }

    private static double LogEValueOf(MonitorRun run, VersionedCounts counts, VersionedCounts? earlier, ReadOnlyMemory<long>? losses)
    {
        var sum = earlier is null ? counts.RetiredLogEValue : earlier.RetiredLogEValue;
        for (var version = 0; version < run.Versions.Count; version++)
        {
            sum += OfVersion(run, version, counts, earlier, losses);
        }

        return sum;
    }

    private static double OfVersion(MonitorRun run, int version, VersionedCounts counts, VersionedCounts? earlier, ReadOnlyMemory<long>? losses)
    {
        if (run.PlanOf(version) is not { IsTestable: true } plan)
        {
            return 0;
        }

        var before = earlier is null ? default : earlier[version];
        if (losses is not { } lost)
        {
            return plan.LogEValue(counts[version], before);
        }

        Span<long> selected = stackalloc long[plan.Variants.Length];
        return plan.Select(counts[version], before, selected) > 0 ? LossTolerance.SmallestLogEValue(plan, selected, lost.Span) : 0;
    }
}
