using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Delivery;

/// <summary>The native client: its version, and what it says of itself.</summary>
public sealed class ClientTests(SharedCluster shared)
{
    [Fact]
    public void The_library_that_is_loaded_is_the_one_of_the_package()
    {
        var loaded = NativeLibraryCheck.Loaded();

        loaded.Require();
        Assert.Equal("2.16.0", loaded.Version);
        Assert.StartsWith(AppContext.BaseDirectory, loaded.Path, StringComparison.Ordinal);
        Assert.False(loaded.IsOfAnotherInstallation);
    }

    [Fact]
    public void An_older_library_of_another_installation_stops_the_start_and_the_remedy_is_named()
    {
        var old = new NativeLibraryCheck("2.0.2", 0x02_00_02_FF, "/usr/lib/x86_64-linux-gnu/librdkafka.so");

        var error = Assert.Throws<InvalidOperationException>(old.Require);

        Assert.True(old.IsOfAnotherInstallation);
        Assert.Equal(
            "The Kafka client needs the native library librdkafka 2.16.0 or later, but 2.0.2 was loaded from '/usr/lib/x86_64-linux-gnu/librdkafka.so': another installation was found before the one of the package. "
            + "Remove it (on Debian and Ubuntu: the package librdkafka-dev), or take its folder out of LD_LIBRARY_PATH.",
            error.Message);
    }

    [Fact]
    public void What_the_client_says_is_repeated_without_secrets_and_longer_ones_first()
    {
        var faults = new ClientFaults("Kafka topic 't'", ["s3cr3t", "s3cr3t-longer", ""]);

        faults.OnError(new Error(ErrorCode.Local_Authentication, "SASL with s3cr3t-longer failed, and with s3cr3t."));

        Assert.Equal(
            "Kafka topic 't' does not accept events: Local: Message timed out. SASL with *** failed, and with ***.",
            faults.Translate(new Error(ErrorCode.Local_MsgTimedOut)).Message);
        Assert.Equal("Kafka topic 't' rejects an event: *** is wrong.", faults.Rejection(new Error(ErrorCode.Unknown, "s3cr3t is wrong.")).Message);
    }

    [Fact]
    public async Task Statistics_of_the_client_are_metrics()
    {
        var cluster = await shared.GetAsync();
        var topic = await cluster.CreateTopicAsync();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        await using var backplane = new KafkaDataBackplane(
            new() { BootstrapServers = cluster.Addresses, Topic = topic, StatisticsInterval = TimeSpan.FromMilliseconds(100) }, meterFactory: factory);
        using var connected = new MetricCollector<long>(factory, "ExperimentFramework.DataPlane", "dataplane.kafka.brokers.connected");
        using var requests = new MetricCollector<long>(factory, "ExperimentFramework.DataPlane", "dataplane.kafka.requests");

        await backplane.DeliveredAsync(TestEvents.Exposures(100));

        await Eventually.Holds(() =>
        {
            connected.RecordObservableInstruments();
            requests.RecordObservableInstruments();
            return connected.LastMeasurement is { Value: > 0 } last && Equals(topic, last.Tags["topic"]) && requests.LastMeasurement is { Value: > 0 };
        });
    }

    [Fact]
    public void Statistics_are_summed_over_brokers_and_the_slowest_counts()
    {
        var statistics = ClientStatistics.Parse("""
            {
              "msg_cnt": 3, "msg_size": 1200,
              "brokers": {
                "bootstrap": { "nodeid": -1, "state": "UP", "tx": 1 },
                "a": { "nodeid": 1, "state": "UP", "tx": 10, "txretries": 2, "txerrs": 1, "req_timeouts": 4, "rtt": { "p99": 1500 }, "throttle": { "avg": 20 } },
                "b": { "nodeid": 2, "state": "DOWN", "tx": 5, "rtt": { "p99": 2500 }, "throttle": { "avg": 0 } }
              }
            }
            """);

        Assert.Equal(
            new ClientStatistics
            {
                QueuedMessages = 3, QueuedBytes = 1200, Requests = 16, RequestRetries = 2, RequestErrors = 1, RequestTimeouts = 4, ConnectedBrokers = 1,
                RoundTrip = TimeSpan.FromMilliseconds(2.5), Throttle = TimeSpan.FromMilliseconds(20),
            },
            statistics);
    }
}
