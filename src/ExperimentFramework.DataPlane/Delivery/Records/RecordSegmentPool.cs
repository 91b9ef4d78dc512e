namespace ExperimentFramework.DataPlane;

/// <summary>A pool of segments that have been read, so that queueing allocates nothing after warm-up.</summary>
internal sealed class RecordSegmentPool(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Stack<RecordSegment> _segments = new();

    public RecordSegment Rent()
    {
        lock (_lock)
        {
            if (_segments.TryPop(out var segment))
            {
                return segment;
            }
        }

        return new RecordSegment();
    }

    public void Return(RecordSegment segment)
    {
        Array.Clear(segment.Records);
        segment.Next = null;
        lock (_lock)
        {
            if (_segments.Count < capacity)
            {
                _segments.Push(segment);
            }
        }
    }
}
