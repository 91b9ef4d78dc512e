namespace ExperimentFramework.DataPlane;

/// <summary>A stretch of one thread's records; a thread's queue is a chain of them.</summary>
internal sealed class RecordSegment
{
    /// <summary>A power of two.</summary>
    public const int Size = 64;

    public EventRecord[] Records { get; } = new EventRecord[Size];

    public RecordSegment? Next { get; set; }
}
