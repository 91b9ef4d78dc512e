using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane;

/// <summary>Counts every event that is given up, by experiment, variant and reason, for metrics and health.</summary>
internal sealed class DropLedger : IDisposable
{
    /// <summary>
    /// Applications may publish under any experiment name, so the rows are bounded; what comes later is counted as <see cref="Other"/>.
    /// </summary>
    private const int MaxRows = 10_000;

    private const string Other = "(other)";

    private readonly ConcurrentDictionary<Row, Tally> _rows = new();
    private readonly Meter _meter;

    public DropLedger(IMeterFactory? meterFactory = null)
    {
        var options = new MeterOptions("ExperimentFramework.DataPlane");
        _meter = meterFactory?.Create(options) ?? new Meter(options);
        Dropped = _meter.CreateCounter<long>("dataplane.events.dropped", "{event}", "Events given up, by experiment, variant and reason.");
    }

    public Counter<long> Dropped { get; }

    /// <summary>The losses: all drops but the planned ones.</summary>
    public long Lost => _rows.Where(row => row.Key.Reason != DropReasons.SampledOut).Sum(row => row.Value.Read());

    public void Count(DataPlaneEvent dropped, string reason) => Count(dropped.ExperimentName, VariantOf(dropped), reason);

    public void Count(string experiment, string variant, string reason)
    {
        var row = new Row(experiment, variant, reason);
        if (!_rows.TryGetValue(row, out var tally))
        {
            if (_rows.Count >= MaxRows)
            {
                row = new Row(Other, Other, reason);
            }

            tally = _rows.GetOrAdd(row, static _ => new Tally());
        }

        tally.Increment();
        Measure(row);
    }

    /// <summary>Writes one entry per row, <c>dropped:experiment/variant/reason</c>.</summary>
    public void Describe(IDictionary<string, object> diagnostics)
    {
        foreach (var (row, tally) in _rows)
        {
            diagnostics[$"dropped:{row.Experiment}/{row.Variant}/{row.Reason}"] = tally.Read();
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Measure(in Row row)
    {
        try
        {
            Dropped.Add(
                1,
                new KeyValuePair<string, object?>("experiment", row.Experiment),
                new KeyValuePair<string, object?>("variant", row.Variant),
                new KeyValuePair<string, object?>("reason", row.Reason));
        }
        catch (Exception)
        {
            // A listener runs on the thread that counts, which may be a caller's.
        }
    }

    private static string VariantOf(DataPlaneEvent dropped) => dropped switch
    {
        ExposureEvent exposure => exposure.AssignedVariantKey ?? exposure.VariantKey,
        AssignmentEvent assignment => assignment.NewVariantKey,
        OutcomeEvent outcome => outcome.VariantKey,
        _ => "",
    };

    private readonly record struct Row(string Experiment, string Variant, string Reason);

    private sealed class Tally
    {
        private long _value;

        public void Increment() => Interlocked.Increment(ref _value);

        public long Read() => Interlocked.Read(ref _value);
    }
}
