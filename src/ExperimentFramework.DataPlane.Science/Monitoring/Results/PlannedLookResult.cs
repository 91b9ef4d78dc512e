using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The comparison of one variant with control at a planned look.</summary>
/// <param name="Z">The z-value, to be compared with the boundary of the look.</param>
/// <param name="Effect">The difference on the metric's scale (on the logarithmic scale, the logarithm of the ratio), with the values that are not rejected at the boundary (a repeated confidence interval): Jennison and Turnbull, "Interim analyses" (1989).</param>
internal sealed record PlannedLookResult(double Z, EffectInterval Effect)
{
    /// <summary>Whether there are enough subjects and conversions for a z-value.</summary>
    /// <param name="strata">The values.</param>
    /// <param name="comparison">Their comparison in the read-out.</param>
    /// <param name="difference">The difference of the comparison; not null if there are enough.</param>
    public static bool IsPossible(ArmStrata strata, Comparison comparison, [NotNullWhen(true)] out EffectInterval? difference)
    {
        difference = comparison.Difference;
        return comparison.State == ReadOutState.Shown && difference is not null
            && (comparison.Means is not null || ConversionScore.SmallestExpected(strata.Conversions) >= ReadOutGuard.SmallestExpectedConversions);
    }

    /// <summary>Compares a variant with control.</summary>
    /// <param name="strata">Its values.</param>
    /// <param name="comparison">Their comparison in the read-out.</param>
    /// <param name="boundary">The boundary of the look. If it is infinite, the look cannot reject, and there is no interval.</param>
    /// <param name="sides">1 if only an increase rejects; otherwise 2.</param>
    /// <returns>The result; null if there are too few subjects or conversions for a z-value.</returns>
    public static PlannedLookResult? Of(ArmStrata strata, Comparison comparison, double boundary, int sides)
    {
        if (!IsPossible(strata, comparison, out var difference))
        {
            return null;
        }

        var (z, estimate, lower, upper) = (0.0, difference.Estimate, (double?)null, (double?)null);
        if (comparison.Means is { } means)
        {
            (z, estimate) = (means.Z, means.Estimate);
            (lower, upper) = (estimate - (boundary * means.StandardError), estimate + (boundary * means.StandardError));
        }
        else
        {
            z = ConversionScore.Z(strata.Conversions);
            if (double.IsFinite(boundary))
            {
                var (low, high) = ConversionScore.Interval(strata.Conversions, boundary);
                (lower, upper) = (strata.DifferenceAt(low), strata.DifferenceAt(high));
            }
        }

        return new PlannedLookResult(z, new EffectInterval(estimate, Finite(lower), sides == 2 ? Finite(upper) : null));

        static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
    }
}
