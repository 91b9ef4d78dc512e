namespace ExperimentFramework.DataPlane.Science;

/// <summary>How many more subjects a comparison needs if results may be looked at at any time.</summary>
/// <remarks>
/// The z-value at a number of subjects is normal, and rejects if it reaches the bound of the always-valid test at that number. The probability to reach it at any of many looks is computed like that of a group sequential test.
/// </remarks>
internal static class AlwaysValidSample
{
    private const int Looks = 40;

    /// <summary>A power that takes this many times the fixed sample takes more subjects than can be counted.</summary>
    private const double Largest = long.MaxValue;

    /// <summary>The sample with the planned power relative to the one of a test that is looked at once, for the difference of means or proportions.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="alpha">The error rate of the comparison.</param>
    /// <param name="shareOfTuning">The subjects of the comparison in the fixed sample, relative to N*.</param>
    public static double OfDifference(AnalysisPlan plan, double alpha, double shareOfTuning) => Inflation(
        plan,
        alpha,
        time => plan.Sides == 1
            ? AsymptoticConfidenceSequence.OneSided(1, time * shareOfTuning, alpha, 1).HalfWidth
            : AsymptoticConfidenceSequence.Evaluate(0, 1, time * shareOfTuning, alpha, 1).HalfWidth);

    /// <summary>The sample with the planned power relative to the one of a test that is looked at once, for the exact ratio of rates.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="alpha">The error rate of the comparison.</param>
    /// <param name="conversions">The conversions that the fixed sample is expected to have.</param>
    public static double OfRatio(AnalysisPlan plan, double alpha, double conversions) =>
        double.IsFinite(conversions) ? Inflation(plan, alpha, time => BoundOfRatio(time * conversions, alpha)) : Largest;

    private static double Inflation(AnalysisPlan plan, double alpha, Func<double, double> bound)
    {
        var drift = NormalDistribution.UpperQuantile(alpha / plan.Sides) - NormalDistribution.UpperQuantile(plan.Power);
        double low = 1, high = 2;
        while (Missing(high) > 0)
        {
            if (high >= Largest)
            {
                return Largest;
            }

            (low, high) = (high, high * 2);
        }

        return Missing(low) <= 0 ? low : RootFinding.Find(Missing, low, high);

        double Missing(double inflation)
        {
            var (times, upper) = (new double[Looks], new double[Looks]);
            for (var look = 0; look < Looks; look++)
            {
                times[look] = (look + 1.0) / Looks;
                upper[look] = bound(times[look] * inflation);
            }

            return plan.Power - GroupSequentialBoundaries.FromValues(upper, plan.Sides, times).RejectionProbability(drift * Math.Sqrt(inflation));
        }
    }

    /// <summary>The z-value at which the mixture of <see cref="ConversionRatio"/> reaches 1/alpha: its Dirichlet-multinomial factors by their normal approximation.</summary>
    private static double BoundOfRatio(double conversions, double alpha)
    {
        // At this z-value, the factor of the first concentration alone is e times as much as all of them need.
        var (first, count) = (ConversionRatio.Concentrations[0], ConversionRatio.Concentrations.Length);
        return RootFinding.Find(Excess, 0, Math.Sqrt((2 * (1 + Math.Log(count) - Math.Log(alpha)) + Math.Log(1 + (conversions / first))) * (1 + (first / conversions))));

        double Excess(double z)
        {
            var sum = 0.0;
            foreach (var concentration in ConversionRatio.Concentrations)
            {
                // One minus the share would be 0 if there are many conversions.
                var (share, rest) = (conversions / (concentration + conversions), concentration / (concentration + conversions));
                sum += Math.Sqrt(rest) * Math.Exp((share * z * z / 2) + Math.Log(alpha));
            }

            return (sum / count) - 1;
        }
    }
}
