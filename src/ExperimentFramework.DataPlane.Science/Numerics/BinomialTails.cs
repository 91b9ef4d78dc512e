namespace ExperimentFramework.DataPlane.Science;

/// <summary>Both tails of a binomial distribution: the outcomes whose probability is at most a threshold.</summary>
internal readonly struct BinomialTails
{
    private readonly long _trials;
    private readonly double _share;
    private readonly double _otherShare;

    /// <summary>Creates the tails of a binomial distribution.</summary>
    /// <param name="trials">The number of trials.</param>
    /// <param name="share">The probability of a success.</param>
    /// <param name="otherShare">The probability of a failure, passed separately so that a small one keeps its digits.</param>
    public BinomialTails(long trials, double share, double otherShare)
    {
        _trials = trials;
        _share = share;
        _otherShare = otherShare;
    }

    /// <summary>ln P(K = successes).</summary>
    public double LogProbability(long successes)
    {
        if (_trials == 0)
        {
            return 0;
        }

        return GammaFunctions.StirlingCorrection(_trials) + (0.5 * Math.Log(2 * Math.PI * _trials))
            + MultinomialDistribution.LogCell(successes, _trials * _share)
            + MultinomialDistribution.LogCell(_trials - successes, _trials * _otherShare);
    }

    /// <summary>The sum of the probabilities of all outcomes whose logarithm is at most a threshold.</summary>
    public double SumAtMost(double logThreshold)
    {
        var mode = (long)Math.Min(_trials, Math.Floor((_trials + 1.0) * _share));
        if (LogProbability(mode) <= logThreshold)
        {
            return 1;
        }

        var self = this;
        var lower = LastAtMost(0, mode, logThreshold);
        var upper = LastAtMost(_trials, mode, logThreshold);
        var sum = 0.0;
        if (lower is { } last)
        {
            sum += self.Tail(last, -1);
        }

        if (upper is { } first)
        {
            sum += self.Tail(first, 1);
        }

        return Math.Min(1, sum);
    }

    /// <summary>The outcome nearest to the mode on the side of <paramref name="end"/> that is at most the threshold; null if there is none.</summary>
    private long? LastAtMost(long end, long mode, double logThreshold)
    {
        if (end == mode || LogProbability(end) > logThreshold)
        {
            return null;
        }

        // Probabilities increase towards the mode.
        long inside = end, outside = mode;
        while (Math.Abs(outside - inside) > 1)
        {
            var middle = inside + ((outside - inside) / 2);
            (inside, outside) = LogProbability(middle) <= logThreshold ? (middle, outside) : (inside, middle);
        }

        return inside;
    }

    /// <summary>The sum of the probabilities of an outcome and those farther from the mode.</summary>
    private double Tail(long first, int direction)
    {
        var term = 1.0;
        var sum = 0.0;
        for (var successes = first; successes >= 0 && successes <= _trials && term > sum * 1e-18; successes += direction)
        {
            sum += term;
            term *= direction > 0
                ? (_trials - successes) / (successes + 1.0) * (_share / _otherShare)
                : successes / (_trials - successes + 1.0) * (_otherShare / _share);
        }

        return sum * Math.Exp(LogProbability(first));
    }
}
