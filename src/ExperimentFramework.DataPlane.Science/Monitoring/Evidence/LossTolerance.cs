namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// Determines whether lost exposures could explain a deviation. Each lost exposure may have been the first one of a subject, so a variant may have had up to that many more subjects than were counted.
/// </summary>
internal static class LossTolerance
{
    private const int RefinementSteps = 48;
    private const double GoldenSection = 0.6180339887498949;

    /// <summary>Returns the smallest ln E over all possible counts: the counts plus at most the losses.</summary>
    /// <param name="plan">The planned split.</param>
    /// <param name="counts">The counts of the plan's variants.</param>
    /// <param name="lost">The lost exposures of all variants of the experiment.</param>
    /// <returns>
    /// The minimum over c of ln E(clamp(c share, count, count + lost)): the possible counts closest to the plan are those in which all variants have the same ratio c to their share, as far as possible.
    /// </returns>
    public static double SmallestLogEValue(AllocationPlan plan, ReadOnlySpan<long> counts, ReadOnlySpan<long> lost)
    {
        Span<long> losses = stackalloc long[counts.Length];
        var hasLosses = false;
        for (var index = 0; index < losses.Length; index++)
        {
            var variant = plan.Variants[index];
            losses[index] = variant < lost.Length ? lost[variant] : 0;
            hasLosses |= losses[index] > 0;
        }

        if (!hasLosses)
        {
            return plan.LogEValue(counts);
        }

        Span<double> ratios = stackalloc double[2 * counts.Length];
        for (var index = 0; index < counts.Length; index++)
        {
            ratios[2 * index] = counts[index] / plan.Allocation.Shares[index];
            ratios[(2 * index) + 1] = (counts[index] + losses[index]) / plan.Allocation.Shares[index];
        }

        ratios.Sort();
        Span<long> possible = stackalloc long[counts.Length];
        var best = 0;
        var smallest = double.PositiveInfinity;
        for (var index = 0; index < ratios.Length; index++)
        {
            var value = At(plan, ratios[index], counts, losses, possible);
            (smallest, best) = value < smallest ? (value, index) : (smallest, best);
        }

        return Math.Min(smallest, Refine(ratios[Math.Max(0, best - 1)], ratios[Math.Min(ratios.Length - 1, best + 1)], plan, counts, losses));
    }

    /// <summary>A golden-section search between two ratios.</summary>
    private static double Refine(double low, double high, AllocationPlan plan, ReadOnlySpan<long> counts, ReadOnlySpan<long> losses)
    {
        Span<long> possible = stackalloc long[counts.Length];
        double left = high - (GoldenSection * (high - low)), right = low + (GoldenSection * (high - low));
        double atLeft = At(plan, left, counts, losses, possible), atRight = At(plan, right, counts, losses, possible);
        for (var step = 0; step < RefinementSteps; step++)
        {
            if (atLeft <= atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - (GoldenSection * (high - low));
                atLeft = At(plan, left, counts, losses, possible);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + (GoldenSection * (high - low));
                atRight = At(plan, right, counts, losses, possible);
            }
        }

        return Math.Min(atLeft, atRight);
    }

    private static double At(AllocationPlan plan, double ratio, ReadOnlySpan<long> counts, ReadOnlySpan<long> losses, Span<long> possible)
    {
        for (var index = 0; index < counts.Length; index++)
        {
            var wanted = Math.Round(ratio * plan.Allocation.Shares[index]);
            possible[index] = wanted >= counts[index] + losses[index] ? counts[index] + losses[index] : Math.Max(counts[index], (long)wanted);
        }

        return plan.LogEValue(possible);
    }
}
