namespace ExperimentFramework.DataPlane;

/// <summary>Numbers the records of this process, from 1.</summary>
internal sealed class RecordSequence
{
    private long _last;

    /// <summary>Takes several numbers in a row.</summary>
    /// <returns>The first.</returns>
    public long Reserve(int count) => Interlocked.Add(ref _last, count) - count + 1;
}
