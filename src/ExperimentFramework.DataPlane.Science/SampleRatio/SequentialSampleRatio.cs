namespace ExperimentFramework.DataPlane.Science;

/// <summary>The sequential sample ratio test: an e-value that is valid after every subject.</summary>
/// <remarks>
/// The Bayes factor of a Dirichlet-multinomial alternative against the planned split is a martingale that starts at 1 under the null hypothesis, so the probability that it ever exceeds
/// 1/alpha is at most alpha (Ville's inequality). Lindon and Malek, "Anytime-Valid Inference for Multinomial Count Data" (NeurIPS 2022). Subjects are counted once, by assigned variant, in the order of arrival.
/// </remarks>
public static class SequentialSampleRatio
{
    private static readonly double[] DefaultConcentrations = [1e2, 1e3, 1e4, 1e5];

    /// <summary>The concentrations of the default mixture: 100, 1,000, 10,000 and 100,000. Small concentrations detect large deviations early, large ones detect small deviations.</summary>
    public static ReadOnlySpan<double> Concentrations => DefaultConcentrations;

    /// <summary>Computes the logarithm of the e-value for one concentration.</summary>
    /// <param name="counts">The counts of the variants, not negative; infinitely strong evidence if a variant with share 0 has any.</param>
    /// <param name="shares">The planned shares, normalised.</param>
    /// <param name="concentration">A, the concentration of the Dirichlet prior around the planned shares, above 0.</param>
    /// <returns>ln E, with a relative error of about 1e-15 at any number of subjects.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static double LogEValue(ReadOnlySpan<long> counts, ReadOnlySpan<double> shares, double concentration)
    {
        Require.SameLength(counts.Length, shares.Length, nameof(counts), nameof(shares));
        return LogEValue(counts, Total(counts), shares, concentration, PriorCorrection(shares, concentration));
    }

    /// <summary>Computes the logarithm of the e-value for one concentration and a prior whose mean is not the planned split.</summary>
    /// <param name="counts">The counts of the variants, not negative.</param>
    /// <param name="shares">The planned shares, normalised.</param>
    /// <param name="concentration">The concentration of the Dirichlet prior, above 0.</param>
    /// <param name="priorMean">The mean of the prior, normalised, at least 0.</param>
    /// <returns>ln E; minus infinity if the prior excludes a variant that has subjects.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static double LogEValue(ReadOnlySpan<long> counts, ReadOnlySpan<double> shares, double concentration, ReadOnlySpan<double> priorMean)
    {
        Require.SameLength(priorMean.Length, shares.Length, nameof(priorMean), nameof(shares));
        Require.SameLength(counts.Length, shares.Length, nameof(counts), nameof(shares));
        for (var index = 0; index < counts.Length; index++)
        {
            if (counts[index] > 0 && priorMean[index] == 0)
            {
                // A subject in a variant that the alternative excludes is evidence against the alternative, whatever the other counts.
                return shares[index] > 0 ? double.NegativeInfinity : double.NaN;
            }
        }

        var logEValue = LogEValue(counts, priorMean, concentration);
        for (var index = 0; index < counts.Length; index++)
        {
            if (counts[index] > 0)
            {
                logEValue += counts[index] * Math.Log(priorMean[index] / shares[index]);
            }
        }

        return logEValue;
    }

    /// <summary>Computes the logarithm of the e-value of the mixture: the mean of the e-values over the concentrations.</summary>
    /// <param name="counts">The counts of the variants, not negative.</param>
    /// <param name="shares">The planned shares, normalised.</param>
    /// <param name="concentrations">The concentrations, each above 0; <see cref="Concentrations"/> if empty.</param>
    /// <returns>ln E. It is less than the best single ln E by at most the logarithm of the number of concentrations.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static double LogMixtureEValue(ReadOnlySpan<long> counts, ReadOnlySpan<double> shares, ReadOnlySpan<double> concentrations = default)
    {
        concentrations = concentrations.IsEmpty ? DefaultConcentrations : concentrations;
        Span<double> logs = concentrations.Length <= 64 ? stackalloc double[concentrations.Length] : new double[concentrations.Length];
        for (var index = 0; index < logs.Length; index++)
        {
            logs[index] = LogEValue(counts, shares, concentrations[index]);
        }

        return LogarithmicFunctions.LogSumExp(logs) - Math.Log(logs.Length);
    }

    /// <summary>Computes the logarithm of the e-value over all versions of the weights: the product of the versions' e-values. Versions may overlap in time.</summary>
    /// <param name="versions">Each version's counts and allocation.</param>
    /// <param name="concentrations">The concentrations, each above 0; <see cref="Concentrations"/> if empty.</param>
    /// <returns>ln E.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static double LogMixtureEValue(IReadOnlyList<SampleRatioCounts> versions, ReadOnlySpan<double> concentrations = default)
    {
        ArgumentNullException.ThrowIfNull(versions);
        var sum = 0.0;
        foreach (var version in versions)
        {
            sum += LogMixtureEValue(version.Counts.Span, version.Allocation.Shares, concentrations);
        }

        return sum;
    }

    /// <summary>Computes the logarithm of an e-value that also detects deviations that began later: a mean over starting points.</summary>
    /// <param name="counts">The counts of the variants until now.</param>
    /// <param name="countsAtStarts">The counts at each starting point, in order, each at most the current counts.</param>
    /// <param name="startWeights">
    /// The weight of each starting point, not negative, with a sum of at most 1/2; 1/(2 j (j + 1)) for the j-th if empty. The counts since the beginning have the weight 1/2; the remaining weight counts with E = 1.
    /// </param>
    /// <param name="shares">The planned shares, normalised.</param>
    /// <param name="concentrations">The concentrations, each above 0; <see cref="Concentrations"/> if empty.</param>
    /// <returns>ln E.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static double LogEValueWithStarts(
        ReadOnlySpan<long> counts,
        IReadOnlyList<ReadOnlyMemory<long>> countsAtStarts,
        ReadOnlySpan<double> startWeights,
        ReadOnlySpan<double> shares,
        ReadOnlySpan<double> concentrations = default)
    {
        ArgumentNullException.ThrowIfNull(countsAtStarts);
        if (!startWeights.IsEmpty)
        {
            Require.SameLength(startWeights.Length, countsAtStarts.Count, nameof(startWeights), nameof(countsAtStarts));
        }

        var logs = new double[countsAtStarts.Count + 2];
        logs[0] = Math.Log(0.5) + LogMixtureEValue(counts, shares, concentrations);
        var left = 0.5;
        var since = new long[counts.Length];
        for (var start = 0; start < countsAtStarts.Count; start++)
        {
            var weight = startWeights.IsEmpty ? 1 / (2.0 * (start + 1) * (start + 2)) : startWeights[start];
            Require.Between(weight, 0, 0.5, nameof(startWeights));
            left -= weight;
            var before = countsAtStarts[start].Span;
            Require.SameLength(before.Length, counts.Length, nameof(countsAtStarts), nameof(counts));
            for (var index = 0; index < since.Length; index++)
            {
                since[index] = counts[index] - before[index];
                Require.NotNegative(since[index], nameof(countsAtStarts));
            }

            logs[start + 1] = Math.Log(weight) + LogMixtureEValue(since, shares, concentrations);
        }

        if (left < -1e-12)
        {
            Require.Throw(nameof(startWeights), 0.5 - left, "must have a sum of at most 0.5");
        }

        logs[^1] = Math.Log(Math.Max(0, left));
        return LogarithmicFunctions.LogSumExp(logs);
    }

    /// <summary>Computes the posterior probability that the split is broken.</summary>
    /// <param name="logEValue">ln E.</param>
    /// <param name="priorOdds">The prior odds of a broken split against a healthy one, above 0.</param>
    /// <returns>The probability, from 0 to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The odds are not above 0.</exception>
    public static double PosteriorProbability(double logEValue, double priorOdds = 1)
    {
        Require.Positive(priorOdds, nameof(priorOdds));
        return 1 / (1 + Math.Exp(-(logEValue + Math.Log(priorOdds))));
    }

    /// <summary>Returns the severity of a sequential p-value: alert at 0.01 or below, warning at 0.05 or below.</summary>
    /// <param name="logPValue">ln p, the smallest so far.</param>
    /// <returns>The severity.</returns>
    public static SampleRatioSeverity SeverityOf(double logPValue) =>
        logPValue <= -4.605170185988091 ? SampleRatioSeverity.Alert
        : logPValue <= -2.995732273553991 ? SampleRatioSeverity.Warning
        : SampleRatioSeverity.None;

    /// <summary>mu(A) - sum of mu(A theta_i): the part of ln E that depends only on the prior.</summary>
    internal static double PriorCorrection(ReadOnlySpan<double> shares, double concentration)
    {
        Require.Positive(concentration, nameof(concentration));
        var correction = GammaFunctions.StirlingCorrection(concentration);
        foreach (var share in shares)
        {
            correction -= share == 0 ? 0 : GammaFunctions.StirlingCorrection(concentration * share);
        }

        return correction;
    }

    /// <summary>The sum of counts, none of which is negative.</summary>
    internal static double Total(ReadOnlySpan<long> counts)
    {
        double total = 0;
        foreach (var count in counts)
        {
            Require.NotNegative(count, nameof(counts));
            total += count;
        }

        return total;
    }

    /// <summary>
    /// ln E by the closed form N sum theta_i phi(d_i) + (ln(1 + n/A) - sum ln(1 + S_i/a_i)) / 2 + sum (mu(a_i + S_i) - mu(a_i)) - mu(N) + mu(A), with a_i = A theta_i, N = A + n and
    /// d_i = (S_i - n theta_i) / (N theta_i), in which no large terms cancel.
    /// </summary>
    internal static double LogEValue(ReadOnlySpan<long> counts, double total, ReadOnlySpan<double> shares, double concentration, double priorCorrection)
    {
        var all = concentration + total;
        var deviance = 0.0;
        var correction = priorCorrection - GammaFunctions.StirlingCorrection(all);

        // Take one logarithm of a quotient instead of one for each factor, before the quotient can exceed the range of a double.
        var quotient = 1 + (total / concentration);
        var logs = 0.0;
        for (var index = 0; index < counts.Length; index++)
        {
            double count = counts[index];
            var share = shares[index];
            if (share == 0)
            {
                if (count > 0)
                {
                    return double.PositiveInfinity;
                }

                continue;
            }

            var prior = concentration * share;
            deviance += share * LogarithmicFunctions.Deviance(Math.FusedMultiplyAdd(-total, share, count) / (all * share));
            correction += GammaFunctions.StirlingCorrection(prior + count);
            quotient /= 1 + (count / prior);
            if (quotient < 1e-100)
            {
                logs += Math.Log(quotient);
                quotient = 1;
            }
        }

        return (all * deviance) + (0.5 * (logs + Math.Log(quotient))) + correction;
    }
}
