namespace ExperimentFramework.DataPlane.Science;

/// <summary>The exact test of counts against a planned split, by minimum likelihood: the total probability of all outcomes that are at most as probable as the observed one.</summary>
/// <remarks>For two variants, any counts are supported. For more, outcomes are enumerated, deciding whole branches at once, up to a limit of work.</remarks>
public static class ExactSampleRatioTest
{
    /// <summary>Outcomes whose log-probabilities differ by less count as equally probable, because rounding makes equal probabilities differ.</summary>
    private const double Tie = 1e-10;

    private const int MaxBranches = 200_000;

    /// <summary>Tests counts against an allocation.</summary>
    /// <param name="counts">The distinct subjects of each variant, not negative; 0 where the weight is 0.</param>
    /// <param name="allocation">The planned split.</param>
    /// <returns>The p-value, from 0 to 1.</returns>
    /// <exception cref="ArgumentException">Counts do not match the allocation, or more than two variants have too many subjects to enumerate. In that case, use <see cref="SampleRatioTest"/>.</exception>
    public static double Evaluate(ReadOnlySpan<long> counts, Allocation allocation) =>
        TryEvaluate(counts, allocation, out var pValue)
            ? pValue
            : throw new ArgumentException(
                $"counts of {allocation.Count} variants have too many outcomes to enumerate; their sum is {SampleRatioCounts.Total(counts)}. Use the chi-square test.", nameof(counts));

    internal static bool TryEvaluate(ReadOnlySpan<long> counts, Allocation allocation, out double pValue)
    {
        ArgumentNullException.ThrowIfNull(allocation);
        SampleRatioCounts.Check(counts, allocation);
        var declared = allocation.WithoutZeros();
        var declaredCounts = allocation.Declared(counts);
        pValue = 1;
        var total = SampleRatioCounts.Total(counts);
        if (SampleRatioCounts.Total(declaredCounts) != total)
        {
            // An outcome with a subject in a variant with weight 0 has probability 0.
            pValue = 0;
            return true;
        }

        if (declared.Count < 2 || total == 0)
        {
            return true;
        }

        // The two largest shares come last, where a whole tail is summed at once.
        var shares = declared.Shares.ToArray();
        Array.Sort(shares, declaredCounts);
        var observed = MultinomialDistribution.LogProbability(declaredCounts, shares) + Tie;
        var search = new Search(shares, observed);
        pValue = Math.Min(1, search.Sum(0, total, 0));
        return search.Branches <= MaxBranches;
    }

    private sealed class Search
    {
        private readonly double[] _shares;
        private readonly double[] _restShares;
        private readonly double _threshold;
        private readonly Dictionary<(int Depth, long Subjects), double> _logModes = [];

        public Search(double[] shares, double threshold)
        {
            _shares = shares;
            _threshold = threshold;
            _restShares = new double[shares.Length];
            var sum = 0.0;
            for (var index = shares.Length - 1; index >= 0; index--)
            {
                sum += shares[index];
                _restShares[index] = sum;
            }
        }

        public int Branches { get; private set; }

        /// <summary>
        /// The probability of the outcomes of the variants from <paramref name="depth"/> on, given their number of subjects, for which the whole outcome is at most as probable as the observed one.
        /// </summary>
        public double Sum(int depth, long rest, double logPrefix)
        {
            if (++Branches > MaxBranches)
            {
                return 0;
            }

            var threshold = _threshold - logPrefix;
            if (LogMode(depth, rest) <= threshold)
            {
                return 1;
            }

            // The least probable outcome has all subjects in the variant with the smallest share.
            if (rest * Math.Log(_shares[depth] / _restShares[depth]) > threshold)
            {
                return 0;
            }

            var share = _shares[depth] / _restShares[depth];
            var otherShare = _restShares[depth + 1] / _restShares[depth];
            var tails = new BinomialTails(rest, share, otherShare);
            if (depth == _shares.Length - 2)
            {
                return tails.SumAtMost(threshold);
            }

            var sum = 0.0;
            for (var count = 0L; count <= rest && Branches <= MaxBranches; count++)
            {
                var log = tails.LogProbability(count);
                sum += Math.Exp(log) * Sum(depth + 1, rest - count, logPrefix + log);
            }

            return sum;
        }

        private double LogMode(int depth, long rest)
        {
            if (!_logModes.TryGetValue((depth, rest), out var mode))
            {
                mode = MultinomialDistribution.LogProbability(Mode(depth, rest), Normalized(depth));
                _logModes.Add((depth, rest), mode);
            }

            return mode;
        }

        private double[] Normalized(int depth) => Array.ConvertAll(_shares[depth..], share => share / _restShares[depth]);

        /// <summary>Returns the most probable outcome: moving a subject to another variant would make it less probable.</summary>
        private long[] Mode(int depth, long rest)
        {
            var shares = Normalized(depth);
            var counts = Array.ConvertAll(shares, share => (long)Math.Floor(rest * share));
            for (var left = rest - SampleRatioCounts.Total(counts); left > 0; left--)
            {
                counts[Best(counts, shares)]++;
            }

            while (true)
            {
                var to = Best(counts, shares);
                var from = -1;
                for (var index = 0; index < shares.Length; index++)
                {
                    if (index != to && counts[index] > 0 && (from < 0 || shares[index] / counts[index] < shares[from] / counts[from]))
                    {
                        from = index;
                    }
                }

                if (from < 0 || !(shares[to] / (counts[to] + 1) > shares[from] / counts[from]))
                {
                    return counts;
                }

                counts[from]--;
                counts[to]++;
            }
        }

        private static int Best(long[] counts, double[] shares)
        {
            var best = 0;
            for (var index = 1; index < shares.Length; index++)
            {
                if (shares[index] / (counts[index] + 1) > shares[best] / (counts[best] + 1))
                {
                    best = index;
                }
            }

            return best;
        }
    }
}
