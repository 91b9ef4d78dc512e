namespace ExperimentFramework.DataPlane.Science;

/// <summary>The number of subjects that a plan requires for a split.</summary>
/// <param name="Total">The number of subjects of all variants together.</param>
/// <param name="ByVariant">The number of subjects of each variant with a weight, rounded up.</param>
public sealed record PlannedSample(long Total, IReadOnlyDictionary<string, long> ByVariant)
{
    /// <summary>
    /// The number of subjects by which the planned effect is found with the planned power. For planned looks, this is <see cref="Total"/>. If results may be looked at at any time, it is larger, because every look can reject: as a rule
    /// 1.5 to 2.5 times as large. Approximated by 40 looks. <see cref="long.MaxValue"/> if the planned power takes more subjects than can be counted.
    /// </summary>
    public long TotalForPower { get; init; } = Total;

    /// <summary>The sample size with the planned power relative to that of a fixed-sample test.</summary>
    internal double Inflation { get; private init; } = 1;

    /// <summary>Computes the sample with which a test that is looked at as planned detects the planned effect with the planned power, in each comparison with control.</summary>
    /// <remarks>
    /// The test is the fixed-sample one at the error rate of one comparison: <see cref="TwoProportions"/> for conversions, <see cref="TwoMeans"/> with the planned standard deviation for others. This is also so if results may be looked at at any time; <see cref="TotalForPower"/> says how many subjects the planned power takes then. A group sequential schedule needs
    /// <see cref="RepeatedLooks.InflationFactor"/> times as many.
    /// </remarks>
    /// <param name="plan">The plan.</param>
    /// <param name="weights">The weights of the variants, at least 0.</param>
    /// <returns>The sample. Null if the plan has no minimum effect, if the variation of its metric is not known, or if control or every other variant has no weight.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The plan is not valid, or a weight is negative or not finite.</exception>
    public static PlannedSample? Of(AnalysisPlan plan, IReadOnlyDictionary<string, double> weights)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(weights);
        AnalysisPlanValidator.Require(plan);
        foreach (var (variant, weight) in weights)
        {
            Require.NotNegative(weight, $"weights[{variant}]");
        }

        return Compute(plan, weights);
    }

    /// <summary>Computes the sample of a plan that is valid.</summary>
    internal static PlannedSample? Compute(AnalysisPlan plan, IReadOnlyDictionary<string, double> weights)
    {
        var control = weights.GetValueOrDefault(plan.Control);
        var treatments = weights.Where(entry => entry.Value > 0 && entry.Key != plan.Control).ToArray();
        if (!(control > 0) || treatments.Length == 0 || !plan.HasSampleSize)
        {
            return null;
        }

        // The comparison that requires the most subjects determines the sample; the others get more than they require.
        var alpha = plan.Alpha / treatments.Length;
        var sum = control + treatments.Sum(static entry => entry.Value);
        var (fixedControl, ratio) = treatments.Select(treatment => (Size: SizeOfControl(plan, alpha, treatment.Value / control), Ratio: treatment.Value / control)).MaxBy(static size => size.Size);
        var inflation = InflationOf(plan, alpha);
        var total = RoundUp(fixedControl * inflation * (sum / control));
        var anytime = plan.Looks.Kind == LookScheduleKind.AlwaysValid ? AnytimeInflationOf(plan, alpha, fixedControl, ratio, (1 + ratio) * control / sum) : 1;
        return new PlannedSample(
            total, weights.Where(static entry => entry.Value > 0).ToDictionary(static entry => entry.Key, entry => RoundUp(total * (entry.Value / sum)), StringComparer.Ordinal))
        {
            Inflation = inflation * anytime,
            TotalForPower = RoundUp(total * anytime),
        };
    }

    private static double SizeOfControl(AnalysisPlan plan, double alpha, double ratio)
    {
        var test = new TwoArmTest(alpha, plan.Sides, ratio);
        var metric = plan.PrimaryMetric;
        return metric.IsConversion
            ? TwoProportions.Size(metric.Baseline!.Value, metric.Baseline.Value * (1 + plan.MinimumEffect!.Value), plan.Power, test).ExactN1
            : TwoMeans.Size(plan.Difference!.Value, metric.StandardDeviation!.Value, metric.StandardDeviation.Value, plan.Power, test).ExactN1;
    }

    private static double InflationOf(AnalysisPlan plan, double alpha) => plan.Looks.Spending is { } spending
        ? RepeatedLooks.InflationFactor(
            GroupSequentialBoundaries.FromSpending(spending, alpha, plan.Sides, [.. plan.Looks.InformationTimes]).DriftFor(plan.Power), alpha, plan.Sides, plan.Power)
        : 1;

    private static double AnytimeInflationOf(AnalysisPlan plan, double alpha, double control, double ratio, double share) =>
        plan.PrimaryMetric.ComparesByRatio
            ? AlwaysValidSample.OfRatio(plan, alpha, control * plan.PrimaryMetric.Baseline!.Value * (1 + (ratio * (1 + plan.MinimumEffect!.Value))))
            : AlwaysValidSample.OfDifference(plan, alpha, share);

    /// <summary>Rounds up, except for an excess that is only a rounding error. Limits the result to the largest number that can be counted.</summary>
    private static long RoundUp(double value) =>
        value >= long.MaxValue ? long.MaxValue : Math.Abs(value - Math.Round(value)) <= 1e-10 * value ? (long)Math.Round(value) : (long)Math.Ceiling(value);
}
