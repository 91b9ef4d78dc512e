using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane;

/// <summary>Counts every dropped event, by experiment, variant and reason, for metrics and health.</summary>
internal sealed class DropLedger
{
    /// <summary>
    /// Applications may publish under any experiment name, so the number of rows is bounded; further rows are counted as <see cref="Other"/>.
    /// </summary>
    private const int MaxRows = 10_000;

    private const string Other = "(other)";

    /// <summary>The destination tag of events that are lost before they reach any destination.</summary>
    private const string EveryDestination = "pipeline";

    private readonly ConcurrentDictionary<Row, StripedCounter> _rows = new();

    /// <summary>The number of lost events: all drops except the planned ones.</summary>
    public long Lost => _rows.Where(row => row.Key.Reason != DropReasons.SampledOut).Sum(row => row.Value.Value);

    public void Count(DataPlaneEvent dropped, string reason) => CounterFor(dropped.ExperimentName, VariantOf(dropped), reason).Increment();

    /// <summary>Returns the counter of one row, for callers that count often.</summary>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="variant">The assigned variant's key.</param>
    /// <param name="reason">One of <see cref="DropReasons"/>.</param>
    /// <param name="destination">The destination that does not receive the event, or <c>pipeline</c> for all of them.</param>
    public StripedCounter CounterFor(string experiment, string variant, string reason, string destination = EveryDestination)
    {
        var row = new Row(experiment, variant, reason, destination);
        if (_rows.TryGetValue(row, out var counter))
        {
            return counter;
        }

        return _rows.GetOrAdd(_rows.Count < MaxRows ? row : new Row(Other, Other, reason, destination), static _ => new StripedCounter());
    }

    /// <summary>Writes one entry per experiment, variant and reason, <c>dropped:experiment/variant/reason</c>.</summary>
    public void Describe(IDictionary<string, object> diagnostics)
    {
        foreach (var rows in _rows.GroupBy(row => $"dropped:{row.Key.Experiment}/{row.Key.Variant}/{row.Key.Reason}"))
        {
            diagnostics[rows.Key] = rows.Sum(row => row.Value.Value);
        }
    }

    /// <summary>
    /// Returns one measurement per row, with the tags <c>experiment</c>, <c>variant</c>, <c>reason</c>, <c>destination</c> and <c>published</c>: whether the
    /// event was published before it was dropped.
    /// </summary>
    public IEnumerable<Measurement<long>> Measure()
    {
        foreach (var (row, counter) in _rows)
        {
            yield return new Measurement<long>(
                counter.Value,
                new KeyValuePair<string, object?>("experiment", row.Experiment),
                new KeyValuePair<string, object?>("variant", row.Variant),
                new KeyValuePair<string, object?>("reason", row.Reason),
                new KeyValuePair<string, object?>("destination", row.Destination),
                new KeyValuePair<string, object?>("published", !IsUnpublished(row.Reason)));
        }
    }

    /// <summary>Returns the variant that an event counts for: the assigned one, as in analysis.</summary>
    public static string VariantOf(DataPlaneEvent dropped) => dropped switch
    {
        ExposureEvent exposure => exposure.AssignedVariantKey ?? exposure.VariantKey,
        AssignmentEvent assignment => assignment.NewVariantKey,
        OutcomeEvent outcome => outcome.AssignedVariantKey ?? outcome.VariantKey,
        _ => "",
    };

    private static bool IsUnpublished(string reason) => reason is DropReasons.SampledOut or DropReasons.NoSubject or DropReasons.UnknownVariant;

    private readonly record struct Row(string Experiment, string Variant, string Reason, string Destination);
}
