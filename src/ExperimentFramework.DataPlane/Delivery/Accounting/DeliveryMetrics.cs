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
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _retried;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _batchDuration;
    private long _published;

    public DeliveryMetrics(DropLedger drops, IMeterFactory? meterFactory = null)
    {
        var options = new MeterOptions(MeterName);
        _meter = meterFactory?.Create(options) ?? new Meter(options);
        _meter.CreateObservableCounter("dataplane.events.published", () => Published, "{event}", "The number of events published to the pipeline, including those that it dropped.");
        _meter.CreateObservableCounter("dataplane.events.dropped", drops.Measure, "{event}", "The number of dropped events, by experiment, variant and reason.");
        _meter.CreateObservableGauge("dataplane.queue.depth", Depths, "{event}", "The number of queued events, by destination; 'pipeline' is the queue in front of all destinations.");
        _delivered = _meter.CreateCounter<long>("dataplane.events.delivered", "{event}", "The number of events that a destination accepted.");
        _retried = _meter.CreateCounter<long>("dataplane.events.retried", "{event}", "The number of events that a destination did not accept and that are retried.");
        _batchSize = _meter.CreateHistogram<int>("dataplane.batch.size", "{event}", "The number of events in one delivery attempt.");
        _batchDuration = _meter.CreateHistogram<double>("dataplane.batch.duration", "s", "The duration of one delivery attempt.");
    }

    public long Published => Interlocked.Read(ref _published);

    public void CountPublished(int count) => Interlocked.Add(ref _published, count);

    public void CountDelivered(string destination, int count) => WithoutThrowing(() => _delivered.Add(count, Tag(destination)));

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

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Depths()
    {
        (string Destination, Func<long> Depth)[] queues;
        lock (_lock)
        {
            queues = [.. _queues];
        }

        return queues.Select(queue => new Measurement<long>(queue.Depth(), Tag(queue.Destination)));
    }

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
