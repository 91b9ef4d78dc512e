namespace ExperimentFramework.DataPlane;

/// <summary>Counts the exposing calls that repeat the subject's last exposure and record nothing, by experiment and assigned variant.</summary>
internal sealed class RepeatLedger
{
    /// <summary>Exposures that are decided elsewhere may have any name.</summary>
    private readonly BoundedRows<(string Experiment, string Variant), PerThreadCounter> _rows = new(static () => new PerThreadCounter());

    /// <summary>The counts.</summary>
    public IEnumerable<(string Experiment, string Variant, long Count)> Counts => _rows.Select(row => (row.Key.Experiment, row.Key.Variant, row.Value.Value));

    /// <summary>Returns the counter of one variant.</summary>
    public PerThreadCounter CounterFor(string experiment, string variant)
    {
        var overflow = new EventKey(experiment, variant, DataPlaneEventType.Exposure).Overflow;
        return _rows.TryGet((experiment, variant), out var counter) ? counter! : _rows.Add((experiment, variant), (overflow.Experiment, overflow.Variant));
    }
}
