namespace ExperimentFramework.DataPlane;

/// <summary>Counts the exposing calls that repeat the subject's last exposure and record nothing, by experiment and assigned variant.</summary>
internal sealed class RepeatLedger
{
    /// <summary>Exposures that are decided elsewhere may have any name; further rows are counted together.</summary>
    private readonly BoundedDictionary<(string Experiment, string Variant), PerThreadCounter> _rows = new(EventKey.MaxRows);

    /// <summary>The counts.</summary>
    public IEnumerable<(string Experiment, string Variant, long Count)> Counts => _rows.Select(row => (row.Key.Experiment, row.Key.Variant, row.Value.Value));

    /// <summary>Returns the counter of one variant.</summary>
    public PerThreadCounter CounterFor(string experiment, string variant)
    {
        var overflow = new EventKey(experiment, variant, DataPlaneEventType.Exposure).Overflow;
        return _rows.TryGetValue((experiment, variant), out var counter)
            ? counter
            : _rows.GetOrAdd(_rows.IsFull ? (overflow.Experiment, overflow.Variant) : (experiment, variant), static _ => new PerThreadCounter());
    }
}
