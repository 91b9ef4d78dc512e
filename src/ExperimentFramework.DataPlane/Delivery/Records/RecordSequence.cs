namespace ExperimentFramework.DataPlane;

/// <summary>Generates the numbers of the records in this process, starting at 1.</summary>
internal sealed class RecordSequence
{
    private long _last;

    /// <summary>Reserves consecutive numbers.</summary>
    /// <returns>The first number.</returns>
    public long Reserve(int count) => Interlocked.Add(ref _last, count) - count + 1;
}
