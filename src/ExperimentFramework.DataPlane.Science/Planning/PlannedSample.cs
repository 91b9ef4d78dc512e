namespace ExperimentFramework.DataPlane.Science;

/// <summary>The number of subjects that a plan requires for a split.</summary>
/// <param name="Total">The number of subjects of all variants together.</param>
/// <param name="ByVariant">The number of subjects of each variant with a weight, rounded up.</param>
public sealed record PlannedSample(long Total, IReadOnlyDictionary<string, long> ByVariant)
{
    /// <summary>The sample size relative to that of a fixed-sample test.</summary>
    internal double Inflation { get; private init; } = 1;

    /// <summary>Computes the sample that detects the planned effect with the planned power, in each comparison with control.</summary>
    /// <remarks>
    /// The test is the fixed-sample one at the error rate of one comparison: <see cref="TwoProportions"/> for conversions, <see cref="TwoMeans"/> with the planned standard deviation for others. A group sequential schedule needs
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
        var inflation = InflationOf(plan, alpha);
        var ofControl = treatments.Max(treatment => SizeOfControl(plan, alpha, treatment.Value / control)) * inflation;
        var total = RoundUp(ofControl * (sum / control));
        return new PlannedSample(
            total, weights.Where(static entry => entry.Value > 0).ToDictionary(static entry => entry.Key, entry => RoundUp(total * (entry.Value / sum)), StringComparer.Ordinal))
        {
            Inflation = inflation,
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

    /// <summary>Rounds up, except for an excess that is only a rounding error. Limits the result to the largest number that can be counted.</summary>
    private static long RoundUp(double value) =>
        value >= long.MaxValue ? long.MaxValue : Math.Abs(value - Math.Round(value)) <= 1e-10 * value ? (long)Math.Round(value) : (long)Math.Ceiling(value);
}
