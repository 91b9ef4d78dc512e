using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane;

/// <summary>Counts every dropped event, by experiment, variant, category and reason, for metrics, health and accounts.</summary>
internal sealed class DropLedger
{
    /// <summary>The destination of events that are lost before they reach any destination.</summary>
    public const string EveryDestination = "pipeline";

    /// <summary>The destination of stored events that expire because theirs is no longer registered.</summary>
    public const string UnregisteredDestination = "outbox";

    /// <summary>Applications may publish under any experiment name; further rows are counted together.</summary>
    private readonly BoundedDictionary<Row, PerThreadCounter> _rows = new(EventKey.MaxRows);

    /// <summary>The number of lost events: all drops except the planned ones.</summary>
    public long Lost => _rows.Where(row => row.Key.Reason != DropReasons.SampledOut).Sum(row => row.Value.Value);

    /// <summary>The events that were published and lost before they reached any queued destination, by category.</summary>
    public IEnumerable<(DataPlaneEventType EventType, long Count)> LostInFront => _rows
        .Where(row => row.Key is { Destination: EveryDestination, IsPublished: true })
        .Select(row => (row.Key.Key.EventType, row.Value.Value));

    /// <summary>Counts an event that is lost before it reaches any queued destination.</summary>
    /// <param name="dropped">The event.</param>
    /// <param name="reason">One of <see cref="DropReasons"/>.</param>
    /// <param name="isElsewhere">Whether the destinations without a queue have received it.</param>
    public void Count(DataPlaneEvent dropped, string reason, bool isElsewhere = false) =>
        CounterFor(new Row(EventKey.Of(dropped), reason, EveryDestination, isElsewhere)).Increment();

    /// <summary>Returns the counter of one row, for callers that count often.</summary>
    /// <param name="key">What is counted.</param>
    /// <param name="reason">One of <see cref="DropReasons"/>.</param>
    /// <param name="destination">The destination that does not receive the event, or <c>pipeline</c> for all of them.</param>
    public PerThreadCounter CounterFor(in EventKey key, string reason, string destination = EveryDestination) =>
        CounterFor(new Row(key, reason, destination, IsElsewhere: false));

    /// <summary>Returns the counts of one destination, or of <c>pipeline</c>.</summary>
    public IEnumerable<(Row Row, long Count)> CountsOf(string destination) => _rows
        .Where(row => row.Key.Destination == destination)
        .Select(row => (row.Key, row.Value.Value));

    /// <summary>Returns the counts of one experiment, of all destinations.</summary>
    public IEnumerable<(Row Row, long Count)> CountsOfExperiment(string experiment) => _rows
        .Where(row => row.Key.Key.Experiment == experiment)
        .Select(row => (row.Key, row.Value.Value));

    /// <summary>Writes one entry per experiment, variant, category and reason, <c>dropped:experiment/variant/category/reason</c>.</summary>
    public void Describe(IDictionary<string, object> diagnostics)
    {
        foreach (var rows in _rows.GroupBy(row => $"dropped:{row.Key.Key.Experiment}/{row.Key.Key.Variant}/{row.Key.Key.TypeName}/{row.Key.Reason}"))
        {
            diagnostics[rows.Key] = rows.Sum(row => row.Value.Value);
        }
    }

    /// <summary>
    /// Returns one measurement per row, with the tags <c>experiment</c>, <c>variant</c>, <c>event_type</c>, <c>reason</c>, <c>destination</c> and
    /// <c>published</c>: whether the event was published before it was dropped.
    /// </summary>
    public IEnumerable<Measurement<long>> Measure()
    {
        foreach (var rows in _rows.GroupBy(row => row.Key with { IsElsewhere = false }))
        {
            yield return new Measurement<long>(
                rows.Sum(row => row.Value.Value),
                new KeyValuePair<string, object?>("experiment", rows.Key.Key.Experiment),
                new KeyValuePair<string, object?>("variant", rows.Key.Key.Variant),
                new KeyValuePair<string, object?>("event_type", rows.Key.Key.TypeName),
                new KeyValuePair<string, object?>("reason", rows.Key.Reason),
                new KeyValuePair<string, object?>("destination", rows.Key.Destination),
                new KeyValuePair<string, object?>("published", rows.Key.IsPublished));
        }
    }

    private PerThreadCounter CounterFor(in Row row) => _rows.TryGetValue(row, out var counter)
        ? counter
        : _rows.GetOrAdd(_rows.IsFull ? row with { Key = row.Key.Overflow } : row, static _ => new PerThreadCounter());

    /// <summary>What drops are counted by.</summary>
    /// <param name="Key">What is counted.</param>
    /// <param name="Reason">One of <see cref="DropReasons"/>.</param>
    /// <param name="Destination">The destination that does not receive the event.</param>
    /// <param name="IsElsewhere">Whether the destinations without a queue have received it.</param>
    internal readonly record struct Row(EventKey Key, string Reason, string Destination, bool IsElsewhere)
    {
        /// <summary>Whether the event was published before it was dropped.</summary>
        public bool IsPublished => Reason is not (DropReasons.SampledOut or DropReasons.NoSubject or DropReasons.UnknownVariant);
    }
}
