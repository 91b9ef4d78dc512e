namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The first and the last time of some events.</summary>
internal struct TimeRange
{
    /// <summary>The first time; null before the first event.</summary>
    public DateTimeOffset? First { get; private set; }

    /// <summary>The last time; null before the first event.</summary>
    public DateTimeOffset? Last { get; private set; }

    public void Add(DateTimeOffset time)
    {
        if (First is null)
        {
            (First, Last) = (time, time);
        }
        else if (time < First)
        {
            First = time;
        }
        else if (time > Last)
        {
            Last = time;
        }
    }
}
