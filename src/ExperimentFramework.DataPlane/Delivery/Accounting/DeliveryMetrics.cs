using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane;

/// <summary>The instruments of the meter <c>ExperimentFramework.DataPlane</c>. Values that are counted on callers' threads are only observed here.</summary>
internal sealed class DeliveryMetrics : IDisposable
{
    /// <summary>The meter's name, which is that of the assembly.</summary>
    public const string MeterName = "ExperimentFramework.DataPlane";

    private const string DestinationTag = "destination";

    private readonly Meter _meter;
    private readonly Lock _lock = new();
    private readonly List<(string Destination, Func<long> Depth)> _queues = [];
    private readonly List<(string Destination, StreamAccount Account, Func<int> Level)> _destinations = [];
    private readonly Counter<long> _retried;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _batchDuration;
    private readonly EventTypeCounts _passedOn = new();

    public DeliveryMetrics(DropLedger drops, IMeterFactory? meterFactory = null)
    {
        Drops = drops;
        var options = new MeterOptions(MeterName);
        _meter = meterFactory?.Create(options) ?? new Meter(options);
        _meter.CreateObservableCounter("dataplane.events.published", MeasurePublished, "{event}", "The number of events published to the pipeline, including those that it dropped, by category.");
        _meter.CreateObservableCounter("dataplane.events.dropped", drops.Measure, "{event}", "The number of dropped events, by experiment, variant, category and reason.");
        _meter.CreateObservableGauge("dataplane.queue.depth", Depths, "{event}", "The number of queued events, by destination; 'pipeline' is the queue in front of all destinations.");
        _meter.CreateObservableCounter("dataplane.events.delivered", () => MeasureAccounts(account => account.Delivered), "{event}", "The number of events that a destination accepted, by experiment, variant and category.");
        _meter.CreateObservableCounter("dataplane.destination.published", () => MeasureAccounts(account => account.Published), "{event}", "The number of events that have left the queue of a destination: delivered, dropped or stored in its outbox, by experiment, variant and category.");
        _meter.CreateObservableGauge("dataplane.destination.state", Levels, description: "Whether a destination accepts events: 0 if it does, 1 while it is failing and being retried, 2 once it has failed for a minute.");
        _retried = _meter.CreateCounter<long>("dataplane.events.retried", "{event}", "The number of events that a destination did not accept and that are retried.");
        _batchSize = _meter.CreateHistogram<int>("dataplane.batch.size", "{event}", "The number of events in one delivery attempt.");
        _batchDuration = _meter.CreateHistogram<double>("dataplane.batch.duration", "s", "The duration of one delivery attempt.");
    }

    /// <summary>Gets the ledger of dropped events, which the meter shows.</summary>
    public DropLedger Drops { get; }

    /// <summary>The number of published events: those passed on to destinations and those dropped in front of them.</summary>
    public long Published => ByType().Sum(row => row.Count);

    /// <summary>Counts events that are passed on to the destinations.</summary>
    public void CountPassedOn(IReadOnlyList<DataPlaneEnvelope> events)
    {
        var first = 0;
        for (var i = 1; i <= events.Count; i++)
        {
            if (i == events.Count || events[i].EventType != events[first].EventType)
            {
                _passedOn.Add(events[first].EventType, i - first);
                first = i;
            }
        }
    }

    /// <summary>Counts an event that is passed on to the destinations.</summary>
    public void CountPassedOn(DataPlaneEventType eventType) => _passedOn.Add(eventType);

    public void CountRetried(string destination, int count) => WithoutThrowing(() => _retried.Add(count, Tag(destination)));

    public void RecordAttempt(string destination, int size, TimeSpan duration) => WithoutThrowing(() =>
    {
        _batchSize.Record(size, Tag(destination));
        _batchDuration.Record(duration.TotalSeconds, Tag(destination));
    });

    /// <summary>Adds a queue to the depth gauge.</summary>
    public void Watch(string destination, Func<long> depth)
    {
        lock (_lock)
        {
            _queues.Add((destination, depth));
        }
    }

    /// <summary>Adds a destination to the counter of its events and to the gauge of its state.</summary>
    public void Watch(string destination, StreamAccount account, Func<int> level)
    {
        lock (_lock)
        {
            _destinations.Add((destination, account, level));
        }
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> MeasureAccounts(Func<StreamAccount, IEnumerable<(EventKey Key, long Count)>> rows) => Destinations().SelectMany(destination => rows(destination.Account).Select(row => new Measurement<long>(
        row.Count,
        new KeyValuePair<string, object?>("experiment", row.Key.Experiment),
        new KeyValuePair<string, object?>("variant", row.Key.Variant),
        TypeTag(row.Key.EventType),
        Tag(destination.Name))));

    private IEnumerable<Measurement<int>> Levels() => Destinations().Select(destination => new Measurement<int>(destination.Level(), Tag(destination.Name)));

    private (string Name, StreamAccount Account, Func<int> Level)[] Destinations()
    {
        lock (_lock)
        {
            return [.. _destinations];
        }
    }

    private IEnumerable<Measurement<long>> Depths()
    {
        (string Destination, Func<long> Depth)[] queues;
        lock (_lock)
        {
            queues = [.. _queues];
        }

        return queues.Select(queue => new Measurement<long>(queue.Depth(), Tag(queue.Destination)));
    }

    private IEnumerable<Measurement<long>> MeasurePublished() => ByType()
        .GroupBy(row => row.EventType, row => row.Count)
        .Select(rows => new Measurement<long>(rows.Sum(), TypeTag(rows.Key)));

    private IEnumerable<(DataPlaneEventType EventType, long Count)> ByType() => _passedOn.Counts.Concat(Drops.LostInFront);

    private static KeyValuePair<string, object?> TypeTag(DataPlaneEventType eventType) => new("event_type", EventKey.NameOf(eventType));

    private static KeyValuePair<string, object?> Tag(string destination) => new(DestinationTag, destination);

    /// <summary>Measures without throwing: listeners run on the measuring thread, and their exceptions must not stop a worker.</summary>
    private static void WithoutThrowing(Action measure)
    {
        try
        {
            measure();
        }
        catch (Exception)
        {
            // There is nowhere to report it: the metrics listener is what failed.
        }
    }
}
