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

    /// <summary>How long an instance may take to restore its stores before its partitions go to others.</summary>
    private static readonly TimeSpan LongestRestore = TimeSpan.FromHours(1);

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
        ["request.required.acks"] = Engine,
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
    /// <param name="monitor">What all steps of the topology share.</param>
    /// <param name="loggers">The loggers of the engine.</param>
    /// <param name="failed">Completes with the reason why the engine fails; null if nobody waits for that.</param>
    public static StreamConfig<ByteArraySerDes, ByteArraySerDes> Create(StreamsMonitor monitor, ILoggerFactory loggers, TaskCompletionSource? failed = null)
    {
        var options = monitor.Options;
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

            // The engine does not poll while it restores stores, however long that takes.
            MaxPollIntervalMs = (int)LongestRestore.TotalMilliseconds,
        };
        config.DefaultTimestampExtractor = new RecordTimestamps(monitor);
        config.InnerExceptionHandler = exception =>
        {
            failed?.TrySetException(exception);
            return ExceptionHandlerResponse.FAIL;
        };
        config.ProductionExceptionHandler = report =>
        {
            if (report.Error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge)
            {
                // It would be refused again after each start, and no experiment would be monitored any more.
                monitor.OnTooLarge($"A message to topic {report.Topic}", report.Message?.Value?.Length ?? 0);
                return ProductionExceptionHandlerResponse.CONTINUE;
            }

            failed?.TrySetException(SafeText.Own(new InvalidOperationException(
                $"The brokers did not take a message to topic {report.Topic}: {report.Error.Reason} ({report.Error.Code}). Check that the topic exists and that this client may write to it.")));
            return ProductionExceptionHandlerResponse.FAIL;
        };
        if (options.StateFolder is { } folder)
        {
            config.StateDir = folder;
        }

        return config;
    }
}
