using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane;

/// <summary>Counts every event that is given up, by experiment, variant and reason, for metrics and health.</summary>
internal sealed class DropLedger
{
    /// <summary>
    /// Applications may publish under any experiment name, so the rows are bounded; what comes later is counted as <see cref="Other"/>.
    /// </summary>
    private const int MaxRows = 10_000;

    private const string Other = "(other)";

    private readonly ConcurrentDictionary<Row, DropTally> _rows = new();

    /// <summary>The losses: all drops but the planned ones.</summary>
    public long Lost => _rows.Where(row => row.Key.Reason != DropReasons.SampledOut).Sum(row => row.Value.Value);

    public void Count(DataPlaneEvent dropped, string reason) => TallyOf(dropped.ExperimentName, VariantOf(dropped), reason).Increment();

    /// <summary>The tally of one row, for those who count often.</summary>
    public DropTally TallyOf(string experiment, string variant, string reason)
    {
        var row = new Row(experiment, variant, reason);
        if (_rows.TryGetValue(row, out var tally))
        {
            return tally;
        }

        return _rows.GetOrAdd(_rows.Count < MaxRows ? row : new Row(Other, Other, reason), static _ => new DropTally());
    }

    /// <summary>Writes one entry per row, <c>dropped:experiment/variant/reason</c>.</summary>
    public void Describe(IDictionary<string, object> diagnostics)
    {
        foreach (var (row, tally) in _rows)
        {
            diagnostics[$"dropped:{row.Experiment}/{row.Variant}/{row.Reason}"] = tally.Value;
        }
    }

    /// <summary>One measurement per row, with the tags <c>experiment</c>, <c>variant</c> and <c>reason</c>.</summary>
    public IEnumerable<Measurement<long>> Measure()
    {
        foreach (var (row, tally) in _rows)
        {
            yield return new Measurement<long>(
                tally.Value,
                new KeyValuePair<string, object?>("experiment", row.Experiment),
                new KeyValuePair<string, object?>("variant", row.Variant),
                new KeyValuePair<string, object?>("reason", row.Reason));
        }
    }

    /// <summary>The variant that an event counts for: the assigned one, as in analysis.</summary>
    public static string VariantOf(DataPlaneEvent dropped) => dropped switch
    {
        ExposureEvent exposure => exposure.AssignedVariantKey ?? exposure.VariantKey,
        AssignmentEvent assignment => assignment.NewVariantKey,
        OutcomeEvent outcome => outcome.VariantKey,
        _ => "",
    };

    private readonly record struct Row(string Experiment, string Variant, string Reason);
}
