namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The starts of a run, at most 32: the newest 16, and every second one before those. The weight of a dropped start is lost, which never invalidates the test.
/// </summary>
internal sealed class StartPoints
{
    public const int MaxCount = 32;
    private const int NewestKept = 16;

    private readonly List<StartPoint> _starts = [];

    /// <summary>The starts, oldest first.</summary>
    public IReadOnlyList<StartPoint> All => _starts;

    /// <summary>The number of starts so far, including dropped ones.</summary>
    public int LastNumber { get; private set; }

    /// <summary>The weight of all future starts: 1/2 minus the sum of 1 / (2 j (j + 1)) so far. The weight of a dropped start is not redistributed, because its e-value may have been below 1.</summary>
    public double WeightToCome => 0.5 / (LastNumber + 1.0);

    /// <summary>Sets a start. Subjects counted from now on belong to it.</summary>
    public void Add(DateTimeOffset time, StartCause cause, VersionedCounts counts)
    {
        if (_starts.Count == MaxCount)
        {
            DropEverySecondOlderOne();
        }

        LastNumber++;
        _starts.Add(new StartPoint(LastNumber, time, cause, counts.Copy()));
    }

    /// <summary>Restores the starts from a snapshot.</summary>
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

/// <summary>A moment after which something may have broken: the counts until then.</summary>
/// <param name="Number">The number of the start within its run, from 1, which determines its weight.</param>
/// <param name="Time">When it was set.</param>
/// <param name="Cause">What happened then.</param>
/// <param name="Counts">The counts until then.</param>
internal sealed record StartPoint(int Number, DateTimeOffset Time, StartCause Cause, VersionedCounts Counts)
{
    /// <summary>1 / (2 j (j + 1)) for the j-th start: their sum is at most 1/2.</summary>
    public double Weight => 1 / (2.0 * Number * (Number + 1.0));

    /// <summary>The cause, as signals name it.</summary>
    public string Reason => Cause switch
    {
        StartCause.Day => "day",
        StartCause.AllocationVersion => "allocation",
        _ => "build",
    };
}

/// <summary>Why a start was set.</summary>
internal enum StartCause
{
    /// <summary>A UTC day began.</summary>
    Day = 0,

    /// <summary>A version of the weights was seen for the first time.</summary>
    AllocationVersion = 1,

    /// <summary>A build of a variant was seen for the first time.</summary>
    Build = 2,
}
