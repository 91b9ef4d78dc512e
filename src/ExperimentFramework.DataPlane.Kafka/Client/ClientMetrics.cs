using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The instruments of one destination, which show the last statistics of its client.</summary>
internal sealed class ClientMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly Lock _lock = new();
    private ClientStatistics _current = ClientStatistics.None;

    /// <summary>The counts of earlier clients, so that counters never fall.</summary>
    private ClientStatistics _earlier = ClientStatistics.None;

    public ClientMetrics(KafkaDataBackplaneOptions options, Func<long> producers, IMeterFactory? meterFactory)
    {
        _tags = [new("topic", options.Topic), new("servers", options.BootstrapServers)];
        var meter = new MeterOptions("ExperimentFramework.DataPlane");
        _meter = meterFactory?.Create(meter) ?? new Meter(meter);
        Gauge("dataplane.kafka.queue.depth", "{message}", "Messages in the Kafka client that are not delivered yet.", now => now.QueuedMessages);
        Gauge("dataplane.kafka.queue.size", "By", "The size of the messages in the Kafka client that are not delivered yet.", now => now.QueuedBytes);
        Gauge("dataplane.kafka.brokers.connected", "{broker}", "Brokers that the Kafka client is connected to.", now => now.ConnectedBrokers);
        _meter.CreateObservableGauge("dataplane.kafka.request.duration", () => new Measurement<double>(Current.RoundTrip.TotalSeconds, _tags), "s", "The 99th percentile of the round trip to the slowest broker.");
        _meter.CreateObservableGauge("dataplane.kafka.throttle.duration", () => new Measurement<double>(Current.Throttle.TotalSeconds, _tags), "s", "How long brokers delay requests because of a quota, on average.");
        Counter("dataplane.kafka.requests", "{request}", "Requests that the Kafka client has sent.", now => now.Requests);
        Counter("dataplane.kafka.request.retries", "{request}", "Requests that the Kafka client has sent again.", now => now.RequestRetries);
        Counter("dataplane.kafka.request.errors", "{request}", "Requests that the Kafka client could not send.", now => now.RequestErrors);
        Counter("dataplane.kafka.request.timeouts", "{request}", "Requests that no broker answered in time.", now => now.RequestTimeouts);
        _meter.CreateObservableCounter("dataplane.kafka.producers", () => new Measurement<long>(producers(), _tags), "{producer}", "Producers that were created: more than one means that one failed fatally, or that a batch was abandoned.");
    }

    /// <summary>The last statistics.</summary>
    public ClientStatistics Current => Volatile.Read(ref _current);

    /// <summary>Takes the statistics of the client.</summary>
    public void Update(ClientStatistics statistics) => Volatile.Write(ref _current, statistics);

    /// <summary>Keeps the counts of a client that has ended.</summary>
    public void OnClientEnded()
    {
        lock (_lock)
        {
            var last = Current;
            _earlier = new ClientStatistics
            {
                Requests = _earlier.Requests + last.Requests,
                RequestRetries = _earlier.RequestRetries + last.RequestRetries,
                RequestErrors = _earlier.RequestErrors + last.RequestErrors,
                RequestTimeouts = _earlier.RequestTimeouts + last.RequestTimeouts,
            };
            Volatile.Write(ref _current, ClientStatistics.None);
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string unit, string description, Func<ClientStatistics, long> read) =>
        _meter.CreateObservableGauge(name, () => new Measurement<long>(read(Current), _tags), unit, description);

    private void Counter(string name, string unit, string description, Func<ClientStatistics, long> read) => _meter.CreateObservableCounter(
        name,
        () =>
        {
            lock (_lock)
            {
                return new Measurement<long>(read(_earlier) + read(_current), _tags);
            }
        },
        unit,
        description);
}
