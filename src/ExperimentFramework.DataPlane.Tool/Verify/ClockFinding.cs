namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Events whose time cannot be right.</summary>
internal sealed class ClockFinding
{
    public long Count { get; private set; }

    /// <summary>By how much the worst of them is off.</summary>
    public TimeSpan Largest { get; private set; }

    /// <summary>Where the first one is.</summary>
    public EventPlace? First { get; private set; }

    public void Add(in SourceEvent read, TimeSpan difference)
    {
        Count++;
        Largest = difference > Largest ? difference : Largest;
        First ??= EventPlace.Of(read);
    }
}
