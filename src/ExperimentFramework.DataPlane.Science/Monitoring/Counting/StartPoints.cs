namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The starts of a run, at most 32: the newest 16, and of those before every second one. A start that is dropped takes its weight with it, which is always allowed.
/// </summary>
internal sealed class StartPoints
{
    public const int MaxCount = 32;
    private const int NewestKept = 16;

    private readonly List<StartPoint> _starts = [];

    /// <summary>The starts, the oldest first.</summary>
    public IReadOnlyList<StartPoint> All => _starts;

    /// <summary>How many starts there were, dropped ones included.</summary>
    public int LastNumber { get; private set; }

    /// <summary>The weight of all starts that are still to come: 1/2 less the sum of 1 / (2 j (j + 1)) until now. What a dropped start had is not given to anything else: its e-value may have been below 1.</summary>
    public double WeightToCome => 0.5 / (LastNumber + 1.0);

    /// <summary>Sets a start: the subjects counted from now on are those since it.</summary>
    public void Add(DateTimeOffset time, StartCause cause, VersionedCounts counts)
    {
        if (_starts.Count == MaxCount)
        {
            DropEverySecondOlderOne();
        }

        LastNumber++;
        _starts.Add(new StartPoint(LastNumber, time, cause, counts.Copy()));
    }

    /// <summary>Restores the starts of a snapshot.</summary>
    public void Restore(int lastNumber, IEnumerable<StartPoint> starts)
    {
        LastNumber = lastNumber;
        _starts.AddRange(starts);
    }

    private void DropEverySecondOlderOne()
    {
        for (var index = _starts.Count - NewestKept - 1; index >= 0; index -= 2)
        {
            _starts.RemoveAt(index);
        }
    }
}
