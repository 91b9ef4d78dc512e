using System.Collections.Frozen;
using Confluent.Kafka;
using ExperimentFramework.DataPlane.Kafka;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The settings of the stream engine and its clients.</summary>
internal static class StreamsSettings
{
    private const string Option = "there is an option for it: ExperimentMonitorStreamsOptions.";
    private const string Engine = "the stream engine sets it, to read and commit as its guarantees need";

    private static readonly FrozenDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["bootstrap.servers"] = Option + nameof(ExperimentMonitorStreamsOptions.BootstrapServers),
        ["metadata.broker.list"] = Option + nameof(ExperimentMonitorStreamsOptions.BootstrapServers),
        ["group.id"] = Option + nameof(ExperimentMonitorStreamsOptions.ApplicationId),
        ["enable.auto.commit"] = Engine,
        ["enable.auto.offset.store"] = Engine,
        ["auto.offset.reset"] = Engine,
        ["partition.assignment.strategy"] = Engine,
        ["group.protocol"] = Engine,
        ["transactional.id"] = Engine,
        ["acks"] = Engine,
        ["enable.idempotence"] = Engine,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with an application's settings, as the rest of a sentence.</summary>
    public static IEnumerable<string> Errors(IEnumerable<KeyValuePair<string, string>> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (Refused.TryGetValue(name, out var reason))
            {
                yield return $"must not contain '{name}': {reason}.";
            }
            else if (string.IsNullOrEmpty(value))
            {
                yield return ClientSettings.MissingValue(name);
            }
        }
    }

    /// <summary>Returns the configuration of the engine.</summary>
    public static StreamConfig<ByteArraySerDes, ByteArraySerDes> Create(ExperimentMonitorStreamsOptions options, ILoggerFactory loggers)
    {
        var config = new StreamConfig<ByteArraySerDes, ByteArraySerDes>
        {
            ApplicationId = options.ApplicationId,
            BootstrapServers = options.BootstrapServers,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            Guarantee = ProcessingGuarantee.AT_LEAST_ONCE,
            CommitIntervalMs = (long)options.ReportInterval.TotalMilliseconds,
            ReplicationFactor = (short)(options.ReplicationFactor ?? -1),
            Logger = loggers,
            Acks = Acks.All,
            EnableIdempotence = true,
            CompressionType = CompressionType.Lz4,
        };
        if (options.StateFolder is { } folder)
        {
            config.StateDir = folder;
        }

        return config;
    }
}
