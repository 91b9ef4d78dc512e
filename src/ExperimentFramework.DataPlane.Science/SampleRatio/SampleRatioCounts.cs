namespace ExperimentFramework.DataPlane.Science;

/// <summary>The subjects that were assigned under one version of the weights.</summary>
/// <param name="Counts">The distinct subjects of each variant.</param>
/// <param name="Allocation">The planned split.</param>
public sealed record SampleRatioCounts(ReadOnlyMemory<long> Counts, Allocation Allocation)
{
    /// <summary>The sum of counts.</summary>
    internal static long Total(ReadOnlySpan<long> counts)
    {
        var total = 0L;
        foreach (var count in counts)
        {
            total = checked(total + count);
        }

        return total;
    }

    internal static void Check(ReadOnlySpan<long> counts, Allocation allocation)
    {
        Require.SameLength(counts.Length, allocation.Count, nameof(counts), "weights");
        foreach (var count in counts)
        {
            Require.NotNegative(count, nameof(counts));
        }
    }
}
