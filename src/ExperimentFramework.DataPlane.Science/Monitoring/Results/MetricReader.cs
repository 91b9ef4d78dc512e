namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads out one metric of a run, by variant and by segment.</summary>
/// <param name="experiment">The experiment.</param>
/// <param name="run">The run.</param>
/// <param name="doubt">Why comparisons cannot be trusted, as sentences; null if they can.</param>
/// <param name="evenIfUntrustworthy">Whether comparisons are returned even then.</param>
internal sealed class MetricReader(MonitoredExperiment experiment, MonitorRun run, string? doubt, bool evenIfUntrustworthy)
{
    private const string RestName = "other";

    private readonly RunComparisons _comparisons = new(experiment, run);

    /// <summary>Reads out a metric.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="immature">The number of subjects whose window is open.</param>
    /// <param name="halvings">How often the memory for them was full.</param>
    /// <param name="withoutOutcome">The number of subjects whose outcome has not arrived.</param>
    public MetricReadOut Read(CollectedMetric metric, long immature, int halvings, long withoutOutcome)
    {
        var control = _comparisons.Control;
        var isPrimary = experiment.Plan.Plan is { } plan && metric.IsPlanned && metric.Measures(plan.PrimaryMetric);
        var variants = ReadVariants(metric, metric.Sums, (comparison, variant) => ShowDecisive(comparison, metric, isPrimary, variant));
        var states = variants.Select(static variant => variant.Comparison?.State).OfType<ReadOutState>().ToArray();
        var segments = ReadSegments(metric);
        return new MetricReadOut
        {
            Name = metric.Plan.Name,
            Source = metric.Plan.Source,
            Definition = metric.Plan.Definition,
            IsPrimary = isPrimary,
            IsPlanned = metric.IsPlanned,
            Estimator = metric.Plan.EffectiveEstimator,
            State = states.Length == 0 ? ReadOutState.NotComparable : states.Max(),
            Missing = control < 0 ? $"The control, {RunComparisons.ControlKeyOf(experiment)}, has no exposures and no weight." : states.Length == 0 ? "There is no variant other than the control." : null,
            Control = control < 0 ? null : experiment.Variants[control],
            Alpha = _comparisons.Alpha,
            TuningSubjects = _comparisons.TuningSubjectsOf(metric),
            Immature = immature,
            Mature = variants.Sum(static variant => variant.Subjects),
            WithoutValue = metric.WithoutValue + withoutOutcome,
            Late = metric.Late,
            Duplicates = metric.Duplicates,
            Invalid = metric.Invalid,
            CollectedShare = Math.Pow(2, -halvings - run.Subjects.Halvings),
            Variants = variants,
            Segments = segments,
            ExpectedFalseSegments = _comparisons.Alpha * segments.Sum(static segment => segment.Variants.Count(static variant => variant.Comparison?.LogPValue is not null)),
        };
    }

    private VariantReadOut[] ReadVariants(CollectedMetric metric, MetricSums sums, Func<Comparison, int, VariantComparison> show)
    {
        var variants = new VariantReadOut[experiment.Variants.Count];
        for (var variant = 0; variant < variants.Length; variant++)
        {
            variants[variant] = ReadVariant(metric, sums, variant);
            if (_comparisons.Control >= 0 && variant != _comparisons.Control)
            {
                variants[variant] = variants[variant] with { Comparison = show(_comparisons.Compare(metric, _comparisons.StrataOf(sums, variant)), variant) };
            }
        }

        return variants;
    }

    private VariantReadOut ReadVariant(CollectedMetric metric, MetricSums sums, int variant)
    {
        var (all, conversions) = (default(MeanAccumulator), 0L);
        for (var version = 0; version < run.Versions.Count; version++)
        {
            all = all.Merge(sums[version, variant]);
            conversions += sums.NonZeroOf(version, variant);
        }

        return new VariantReadOut
        {
            Key = experiment.Variants[variant],
            Subjects = (long)all.Count,
            Conversions = sums.IsConversion ? conversions : null,
            Mean = all.Count == 0 ? null : metric.Plan.Definition.Scale == MetricScale.Logarithmic ? Math.Exp(all.Mean) : all.Mean,
            StandardDeviation = all.Count < 2 ? null : Math.Sqrt(all.Variance),
        };
    }

    private List<SegmentReadOut> ReadSegments(CollectedMetric metric)
    {
        List<SegmentReadOut> segments = [];
        for (var segment = 0; segment <= SegmentSums.Rest; segment++)
        {
            var isRest = segment == SegmentSums.Rest;
            if (metric.BySegment?[segment] is { } sums && (isRest || segment < run.Segments.All.Count))
            {
                // Use the current look only: the smallest p-value of all looks is kept only for all subjects together.
                var variants = ReadVariants(metric, sums, (comparison, _) => Show(comparison, comparison.LogPValue, ReadOutVerdict.None));
                segments.Add(new SegmentReadOut { Name = isRest ? RestName : run.Segments.All[segment].Name, IsRest = isRest, Variants = [.. variants.Take(SegmentSums.MaxVariants)] });
            }
        }

        return segments;
    }

    private VariantComparison ShowDecisive(Comparison comparison, CollectedMetric metric, bool isPrimary, int variant)
    {
        var strongest = metric.StrongestLookAt(variant);
        return Show(
            comparison,
            strongest.LogPValue,
            !isPrimary ? ReadOutVerdict.None
                : experiment.Plan.Plan is { Looks.Kind: not LookScheduleKind.AlwaysValid } ? VerdictOfLooks(metric, variant)
                : strongest.LogPValue > Math.Log(_comparisons.Alpha) ? ReadOutVerdict.Undecided
                : strongest.IsHigher ? ReadOutVerdict.Higher : ReadOutVerdict.Lower);
    }

    private ReadOutVerdict VerdictOfLooks(CollectedMetric metric, int variant) =>
        metric.PlanLooks.DecisionOf(experiment.Plan.ComparisonId, variant) switch { null => ReadOutVerdict.Undecided, true => ReadOutVerdict.Higher, false => ReadOutVerdict.Lower };

    private VariantComparison Show(Comparison comparison, double logPValue, ReadOutVerdict verdict)
    {
        if (comparison.State != ReadOutState.Shown)
        {
            return new VariantComparison { State = comparison.State, Missing = comparison.Missing };
        }

        var shown = new VariantComparison
        {
            State = ReadOutState.Shown,
            Versions = comparison.Versions,
            Difference = comparison.Difference,
            Lift = comparison.Lift,
            LogPValue = logPValue,
            Verdict = verdict,
        };
        return doubt is null ? shown
            : evenIfUntrustworthy ? shown with { State = ReadOutState.Untrustworthy, Missing = doubt, Verdict = ReadOutVerdict.None }
            : new VariantComparison { State = ReadOutState.Untrustworthy, Missing = doubt };
    }
}
