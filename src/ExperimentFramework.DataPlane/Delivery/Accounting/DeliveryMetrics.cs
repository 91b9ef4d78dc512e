using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane;

/// <summary>The instruments of the meter <c>ExperimentFramework.DataPlane</c>. What is counted on a caller's thread is only read here.</summary>
internal sealed class DeliveryMetrics : IDisposable
{
    /// <summary>The meter's name: the assembly's.</summary>
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
        _meter.CreateObservableCounter("dataplane.events.published", () => Published, "{event}", "Events handed to the pipeline, those that it dropped included.");
        _meter.CreateObservableCounter("dataplane.events.dropped", drops.Measure, "{event}", "Events given up, by experiment, variant and reason.");
        _meter.CreateObservableGauge("dataplane.queue.depth", Depths, "{event}", "Events that wait, by destination; 'pipeline' is the callers' queue.");
        _delivered = _meter.CreateCounter<long>("dataplane.events.delivered", "{event}", "Events that a destination took.");
        _retried = _meter.CreateCounter<long>("dataplane.events.retried", "{event}", "Events that a destination did not take and that are tried again.");
        _batchSize = _meter.CreateHistogram<int>("dataplane.batch.size", "{event}", "Events in one attempt to deliver.");
        _batchDuration = _meter.CreateHistogram<double>("dataplane.batch.duration", "s", "How long one attempt to deliver took.");
    }

    public long Published => Interlocked.Read(ref _published);

    public void CountPublished(int count) => Interlocked.Add(ref _published, count);

    public void CountDelivered(string destination, int count) => Quietly(() => _delivered.Add(count, Tag(destination)));

    public void CountRetried(string destination, int count) => Quietly(() => _retried.Add(count, Tag(destination)));

    public void RecordAttempt(string destination, int size, TimeSpan duration) => Quietly(() =>
    {
        _batchSize.Record(size, Tag(destination));
        _batchDuration.Record(duration.TotalSeconds, Tag(destination));
    });

    /// <summary>Shows the depth of a queue.</summary>
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

    /// <summary>A listener runs on the thread that measures; what it throws must not stop a worker.</summary>
    private static void Quietly(Action measure)
    {
        try
        {
            measure();
        }
        catch (Exception)
        {
            // There is nobody to tell: the listener is what would.
        }
    }
}
