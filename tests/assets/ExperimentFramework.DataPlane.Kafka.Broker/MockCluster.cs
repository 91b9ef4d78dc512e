using System.Runtime.InteropServices;
using static ExperimentFramework.DataPlane.Kafka.Broker.Librdkafka;

namespace ExperimentFramework.DataPlane.Kafka.Broker;

/// <summary>The brokers that librdkafka brings along for tests, on real sockets. A partition keeps 5 MiB, then its oldest messages are gone.</summary>
internal sealed class MockCluster : IDisposable
{
    private readonly nint _client;
    private readonly nint _cluster;

    public MockCluster(int brokers)
    {
        _client = rd_kafka_new(ProducerType, 0, 0, 0);
        _cluster = rd_kafka_mock_cluster_new(_client, brokers);
        Addresses = Marshal.PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(_cluster))!;
    }

    /// <summary>The addresses of all brokers.</summary>
    public string Addresses { get; }

    /// <returns>0, or the code of an error.</returns>
    public int Run(string[] command) => command switch
    {
        ["topic", var name, var partitions] => rd_kafka_mock_topic_create(_cluster, name, int.Parse(partitions), replication_factor: 1),
        ["topic-error", var name, var error] => Done(() => rd_kafka_mock_topic_set_error(_cluster, name, int.Parse(error))),
        ["errors", var api, .. var errors] => Done(() => rd_kafka_mock_push_request_errors_array(_cluster, short.Parse(api), (nuint)errors.Length, [.. errors.Select(int.Parse)])),
        ["clear", var api] => Done(() => rd_kafka_mock_clear_request_errors(_cluster, short.Parse(api))),
        ["down", var broker] => rd_kafka_mock_broker_set_down(_cluster, int.Parse(broker)),
        ["up", var broker] => rd_kafka_mock_broker_set_up(_cluster, int.Parse(broker)),
        ["delay", var broker, var milliseconds] => rd_kafka_mock_broker_set_rtt(_cluster, int.Parse(broker), int.Parse(milliseconds)),
        ["leader", var topic, var partition, var broker] => rd_kafka_mock_partition_set_leader(_cluster, topic, int.Parse(partition), int.Parse(broker)),
        ["address", var broker, var host, var port] => Done(() => rd_kafka_mock_broker_set_host_port(_cluster, int.Parse(broker), host, int.Parse(port))),
        _ => -1,
    };

    public void Dispose()
    {
        // In this order, or the client aborts the process.
        rd_kafka_mock_cluster_destroy(_cluster);
        rd_kafka_destroy(_client);
    }

    private static int Done(Action command)
    {
        command();
        return 0;
    }
}
