namespace ExperimentFramework.DataPlane.Science;

/// <summary>A confidence interval for the share of subjects of one variant, given its count, which is valid after every subject.</summary>
/// <remarks>
/// The interval contains each share whose e-value is below 1/alpha: the mixture of <see cref="SequentialSampleRatio"/> for this variant against all others together, centred on that share. The e-value of the true share is a martingale, so the probability that
/// the true share is ever outside is at most alpha, whatever the number of looks. Lindon and Malek, "Anytime-Valid Inference for Multinomial Count Data" (NeurIPS 2022), section 4. The intervals of several variants are not valid simultaneously; to make them so, divide alpha by their number.
/// </remarks>
public static class ShareConfidenceSequence
{
    /// <summary>Beyond this log-odds a share cannot be distinguished from 0 or 1.</summary>
    private const double MaxLogOdds = 700;

    /// <summary>Computes the interval.</summary>
    /// <param name="count">The subjects of the variant, not negative.</param>
    /// <param name="total">The subjects of all variants, at least <paramref name="count"/>.</param>
    /// <param name="alpha">The probability that the true share is ever outside, between 0 and 1, both excluded.</param>
    /// <returns>The smallest and the largest share; 0 and 1 without subjects.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static (double Low, double High) Interval(long count, long total, double alpha)
    {
        Require.NotNegative(count, nameof(count));
        Require.NotNegative(total - count, nameof(total));
        if (!(alpha > 0 && alpha < 1))
        {
            Require.Throw(nameof(alpha), alpha, "must be between 0 and 1, both excluded");
        }

        // The upper end is 1 minus the lower end for all other variants together.
        return (Low(count, total, alpha), 1 - Low(total - count, total, alpha));
    }

    private static double Low(long count, long total, double alpha)
    {
        if (count == 0)
        {
            return 0;
        }

        long[] counts = [count, total - count];
        double Excess(double logOdds) =>
            SequentialSampleRatio.LogMixtureEValue(counts, [1 / (1 + Math.Exp(-logOdds)), 1 / (1 + Math.Exp(logOdds))]) + Math.Log(alpha);

        // Next to the observed share the e-value is below 1.
        var inside = Math.Log((count + 0.5) / (total - count + 0.5));
        var step = 3 / Math.Sqrt((count + 0.5) * (total - count + 0.5) / (total + 1.0));
        for (var outside = inside - step; outside > -MaxLogOdds; outside -= step, step *= 2)
        {
            if (Excess(outside) >= 0)
            {
                return 1 / (1 + Math.Exp(-RootFinding.Find(Excess, outside, inside)));
            }

            inside = outside;
        }

        return 0;
    }
}
