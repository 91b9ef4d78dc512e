using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>Counts the exposing calls that repeat the subject's last exposure and record nothing, by experiment and assigned variant.</summary>
internal sealed class RepeatLedger
{
    /// <summary>Exposures that are decided elsewhere may have any name, so the number of rows is bounded; further rows are counted together.</summary>
    private const int MaxRows = 10_000;

    private readonly ConcurrentDictionary<(string Experiment, string Variant), PerThreadCounter> _rows = new();

    /// <summary>The counts.</summary>
    public IEnumerable<(string Experiment, string Variant, long Count)> Counts => _rows.Select(row => (row.Key.Experiment, row.Key.Variant, row.Value.Value));

    /// <summary>Returns the counter of one variant.</summary>
    public PerThreadCounter CounterFor(string experiment, string variant)
    {
        if (_rows.TryGetValue((experiment, variant), out var counter))
        {
            return counter;
        }

        var overflow = new EventKey(experiment, variant, DataPlaneEventType.Exposure).Overflow;
        return _rows.GetOrAdd(_rows.Count < MaxRows ? (experiment, variant) : (overflow.Experiment, overflow.Variant), static _ => new PerThreadCounter());
    }
}
