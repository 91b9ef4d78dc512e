namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Sums of counts that a file says, which can be any numbers: a sum that is out of range is the largest or smallest number.</summary>
internal static class Saturating
{
    /// <summary>Adds two counts.</summary>
    public static long Add(long one, long other) => (long)Int128.Clamp((Int128)one + other, long.MinValue, long.MaxValue);

    /// <summary>Adds counts.</summary>
    public static long Sum(IEnumerable<long> counts) => counts.Aggregate(0L, Add);
}
