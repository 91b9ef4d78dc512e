using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>Counts the exposing calls that repeat the subject's last exposure and record nothing, by experiment and assigned variant.</summary>
internal sealed class RepeatLedger
{
    private readonly ConcurrentDictionary<(string Experiment, string Variant), PerThreadCounter> _rows = new();

    /// <summary>The counts.</summary>
    public IEnumerable<(string Experiment, string Variant, long Count)> Counts => _rows.Select(row => (row.Key.Experiment, row.Key.Variant, row.Value.Value));

    /// <summary>Returns the counter of one variant.</summary>
    public PerThreadCounter CounterFor(string experiment, string variant) => _rows.GetOrAdd((experiment, variant), static _ => new PerThreadCounter());
}
