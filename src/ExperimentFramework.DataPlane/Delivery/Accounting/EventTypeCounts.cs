namespace ExperimentFramework.DataPlane;

/// <summary>Counts events by category.</summary>
internal sealed class EventTypeCounts
{
    private static readonly DataPlaneEventType[] Types = Enum.GetValues<DataPlaneEventType>();

    /// <summary>The index of categories that this version does not know.</summary>
    private static readonly int Unknown = (int)Types.Max() + 1;

    private readonly long[] _counts = new long[Unknown + 1];

    /// <summary>The categories of which there were events.</summary>
    public IEnumerable<(DataPlaneEventType EventType, long Count)> Counts
    {
        get
        {
            for (var index = 0; index < _counts.Length; index++)
            {
                if (Interlocked.Read(ref _counts[index]) is var count and not 0)
                {
                    yield return (index == Unknown ? (DataPlaneEventType)(-1) : (DataPlaneEventType)index, count);
                }
            }
        }
    }

    public void Add(DataPlaneEventType eventType, long count = 1) =>
        Interlocked.Add(ref _counts[(uint)eventType < (uint)Unknown ? (int)eventType : Unknown], count);
}
