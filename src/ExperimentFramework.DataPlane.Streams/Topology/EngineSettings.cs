using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The configuration of the stream engine.</summary>
internal static class EngineSettings
{
    /// <summary>How long an instance may take to restore its stores before its partitions go to others.</summary>
    private static readonly TimeSpan LongestRestore = TimeSpan.FromHours(1);

    /// <summary>Returns the configuration of the engine.</summary>
    /// <param name="monitor">What all steps of the topology share.</param>
    /// <param name="loggers">The loggers of the engine.</param>
    /// <param name="failed">Completes with the reason why the engine fails; null if nothing waits for that.</param>
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
