using System.Reflection;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Kafka.Broker;

/// <summary>The functions of <c>rdkafka_mock.h</c>, under their own names.</summary>
internal static partial class Librdkafka
{
    public const int ProducerType = 0;

    private const string Library = "librdkafka";

    static Librdkafka() => NativeLibrary.SetDllImportResolver(typeof(Librdkafka).Assembly, Resolve);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_new(int type, nint conf, nint errstr, nuint errstr_size);

    [LibraryImport(Library)]
    public static partial void rd_kafka_destroy(nint rk);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_mock_cluster_new(nint rk, int broker_cnt);

    [LibraryImport(Library)]
    public static partial void rd_kafka_mock_cluster_destroy(nint mcluster);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_mock_cluster_bootstraps(nint mcluster);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_mock_topic_create(nint mcluster, string topic, int partition_cnt, int replication_factor);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void rd_kafka_mock_topic_set_error(nint mcluster, string topic, int err);

    [LibraryImport(Library)]
    public static partial void rd_kafka_mock_push_request_errors_array(nint mcluster, short ApiKey, nuint cnt, int[] errors);

    [LibraryImport(Library)]
    public static partial void rd_kafka_mock_clear_request_errors(nint mcluster, short ApiKey);

    [LibraryImport(Library)]
    public static partial int rd_kafka_mock_broker_set_down(nint mcluster, int broker_id);

    [LibraryImport(Library)]
    public static partial int rd_kafka_mock_broker_set_up(nint mcluster, int broker_id);

    [LibraryImport(Library)]
    public static partial int rd_kafka_mock_broker_set_rtt(nint mcluster, int broker_id, int rtt_ms);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_mock_partition_set_leader(nint mcluster, string topic, int partition, int broker_id);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void rd_kafka_mock_broker_set_host_port(nint mcluster, int broker_id, string host, int port);

    /// <summary>The library of the package has another name where it was built with other options.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (var candidate in new[] { "librdkafka", "centos8-librdkafka", "alpine-librdkafka" })
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var library))
            {
                return library;
            }
        }

        return 0;
    }
}
