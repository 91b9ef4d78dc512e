namespace ExperimentFramework.DataPlane;

/// <summary>A segment of a thread's queue, which is a linked list of segments.</summary>
internal sealed class RecordSegment
{
    /// <summary>The number of records in a segment: a power of two.</summary>
    public const int Size = 64;

    public EventRecord[] Records { get; } = new EventRecord[Size];

    public RecordSegment? Next { get; set; }
}
