namespace ExperimentFramework.DataPlane.Science;

/// <summary>The planned split of one version of the weights, over the variants of an experiment that have a weight.</summary>
internal sealed class AllocationPlan
{
    /// <summary>A weight that is smaller than the largest one by more than this factor would never be assigned a subject, so it counts as 0.</summary>
    private const double SmallestRatio = 1e-9;

    private readonly int[] _variants;
    private readonly SampleRatioMixture _mixture;

    private AllocationPlan(int[] variants, double[] weights)
    {
        _variants = variants;
        Weights = weights;
        Allocation = Allocation.FromWeights(weights);
        _mixture = new SampleRatioMixture(Allocation);
    }

    /// <summary>The indices of the variants with a weight above 0.</summary>
    public ReadOnlySpan<int> Variants => _variants;

    /// <summary>Their weights.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>Their shares.</summary>
    public Allocation Allocation { get; }

    /// <summary>The planned share of a variant, by its index in the experiment, rounded for display; 0 if it has no weight.</summary>
    public double ShareOf(int variant) => Array.IndexOf(_variants, variant) is >= 0 and var index ? Math.Round(Allocation.Shares[index], 12) : 0;

    /// <summary>Whether there is a split to test: at least two variants have a weight.</summary>
    public bool IsTestable => _variants.Length > 1;

    /// <summary>The weights by the keys of the variants.</summary>
    /// <param name="keys">The keys of all variants, by index.</param>
    public IReadOnlyDictionary<string, double> ByKey(IReadOnlyList<string> keys)
    {
        Dictionary<string, double> weights = new(StringComparer.Ordinal);
        for (var index = 0; index < _variants.Length; index++)
        {
            weights[keys[_variants[index]]] = Weights[index];
        }

        return weights;
    }

    /// <summary>Creates a plan.</summary>
    /// <param name="variants">The indices of the declared variants.</param>
    /// <param name="weights">Their weights.</param>
    /// <returns>The plan; null if no weight is above 0, or one is not a finite number of at least 0.</returns>
    public static AllocationPlan? TryCreate(IReadOnlyList<int> variants, IReadOnlyList<double> weights)
    {
        var largest = weights.Count == 0 ? 0 : weights.Max();
        List<int> declared = [];
        List<double> positive = [];
        for (var index = 0; index < variants.Count; index++)
        {
            if (!double.IsFinite(weights[index]) || weights[index] < 0)
            {
                return null;
            }

            if (weights[index] > 0 && weights[index] / largest >= SmallestRatio)
            {
                declared.Add(variants[index]);
                positive.Add(weights[index]);
            }
        }

        return declared.Count == 0 ? null : new AllocationPlan([.. declared], [.. positive]);
    }

    /// <summary>Selects the counts of the variants with a weight, minus those at an earlier moment.</summary>
    /// <param name="counts">The counts of all variants.</param>
    /// <param name="earlier">The counts of all variants at an earlier moment; empty for the beginning.</param>
    /// <param name="selected">Receives the counts, one for each of <see cref="Variants"/>.</param>
    /// <returns>Their sum.</returns>
    public long Select(ReadOnlySpan<long> counts, ReadOnlySpan<long> earlier, Span<long> selected)
    {
        var total = 0L;
        for (var index = 0; index < _variants.Length; index++)
        {
            selected[index] = CountOf(counts, _variants[index]) - CountOf(earlier, _variants[index]);
            total += selected[index];
        }

        return total;
    }

    /// <summary>Computes ln E of the counts of all variants, minus those at an earlier moment; 0 if there is no split to test.</summary>
    public double LogEValue(ReadOnlySpan<long> counts, ReadOnlySpan<long> earlier)
    {
        Span<long> selected = stackalloc long[_variants.Length];
        return IsTestable && Select(counts, earlier, selected) > 0 ? LogEValue(selected) : 0;
    }

    /// <summary>Computes ln E of selected counts.</summary>
    public double LogEValue(ReadOnlySpan<long> selected) => _mixture.LogEValue(selected);

    private static long CountOf(ReadOnlySpan<long> counts, int variant) => variant < counts.Length ? counts[variant] : 0;
}
