using System.Collections.Concurrent;
using Confluent.Kafka;
using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>What all steps of the topology share: the options, the clock, logs, metrics and health. Thread-safe.</summary>
internal sealed partial class StreamsMonitor(ExperimentMonitorStreamsOptions options, TimeProvider time, ILoggerFactory loggers)
{
    private readonly TimeProvider _time = NonThrowingTimeProvider.Of(time);
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Monitoring));
    private readonly ConcurrentDictionary<string, (ExperimentState State, long Subjects)> _experiments = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, bool> _restored = [];
    private int _unreported;
    private long _ignored;
    private long _unreadable;

    public ExperimentMonitorStreamsOptions Options => options;

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>The experiments that this instance coordinates.</summary>
    public IReadOnlyDictionary<string, (ExperimentState State, long Subjects)> Experiments => _experiments;

    /// <summary>The messages of experiments that are not monitored, because there are too many others.</summary>
    public long Ignored => Interlocked.Read(ref _ignored);

    /// <summary>The messages that are not events.</summary>
    public long Unreadable => Interlocked.Read(ref _unreadable);

    /// <summary>The partitions that have counted something since their last report.</summary>
    public int Unreported => Volatile.Read(ref _unreported);

    /// <summary>Whether the host stops, so that partitions report at once.</summary>
    public bool IsStopping { get; set; }

    /// <summary>The state of the engine.</summary>
    public KafkaStream.State EngineState { get; private set; } = KafkaStream.State.CREATED;

    /// <summary>Why the engine failed; null while it runs.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Called when the state of the engine has changed.</summary>
    public void OnEngineState(KafkaStream.State state)
    {
        EngineState = state;
        Failure = state == KafkaStream.State.RUNNING ? null : Failure;
    }

    public void OnIgnored() => Interlocked.Increment(ref _ignored);

    /// <summary>Called for a message that is not an event.</summary>
    public void OnUnreadable(TopicPartitionOffset position, Exception fault)
    {
        // A topic may hold any number; the count is in health.
        if (Interlocked.Increment(ref _unreadable) == 1)
        {
            LogUnreadable(position.Offset.Value, position.Partition.Value, position.Topic, fault.Message);
        }
    }

    /// <summary>Called when the store of subjects of a partition has been read from its changelog.</summary>
    public void OnRestored(int partition) => _restored[partition] = true;

    /// <summary>Whether the store of subjects of a partition has been read from its changelog since this was asked last.</summary>
    public bool TakeRestored(int partition) => _restored.TryRemove(partition, out _);

    /// <summary>Called when a partition has something to report, and when it has reported it.</summary>
    public void OnUnreported(bool isUnreported) => Interlocked.Add(ref _unreported, isUnreported ? 1 : -1);

    /// <summary>Called when the store of a partition was lost, so that an experiment is counted anew.</summary>
    public void OnStoreLost(string experiment, int partition, int run) => LogStoreLost(partition, experiment, run);

    /// <summary>Called when the state of a coordinator cannot be read.</summary>
    public void OnStateUnreadable(string experiment, Exception fault) => LogStateUnreadable(experiment, fault);

    /// <summary>Called when an experiment was evaluated.</summary>
    public void OnEvaluated(string experiment, ExperimentState state, long subjects) => _experiments[experiment] = (state, subjects);

    /// <summary>Called when another instance may coordinate an experiment from now on.</summary>
    public void OnMoved(string experiment) => _experiments.TryRemove(experiment, out _);

    /// <summary>Called when a signal is published.</summary>
    public void OnSignal(AnalysisSignalEvent signal)
    {
        switch (signal.Severity)
        {
            case SignalSeverity.Info:
                LogInformation(signal.SignalType, signal.Message);
                break;
            case SignalSeverity.Warning:
                LogWarning(signal.SignalType, signal.Message);
                break;
            default:
                LogError(signal.SignalType, signal.Message);
                break;
        }
    }

    [LoggerMessage(310, LogLevel.Information, "{SignalType}: {Finding}", EventName = "StreamFindingEnded")]
    private partial void LogInformation(AnalysisSignalType signalType, string finding);

    [LoggerMessage(311, LogLevel.Warning, "{SignalType}: {Finding}", EventName = "StreamFinding")]
    private partial void LogWarning(AnalysisSignalType signalType, string finding);

    [LoggerMessage(312, LogLevel.Error, "{SignalType}: {Finding}", EventName = "StreamAlarm")]
    private partial void LogError(AnalysisSignalType signalType, string finding);

    [LoggerMessage(313, LogLevel.Warning, "The store of partition {Partition} was lost. The subjects of {Experiment} are counted anew, as run {Run}, which weighs less. Keep the changelog topics of the monitor compacted, and do not delete them.", EventName = "StreamStoreLost")]
    private partial void LogStoreLost(int partition, string experiment, int run);

    [LoggerMessage(314, LogLevel.Error, "The state of the coordinator of {Experiment} cannot be read. Its counts are added up again from what the partitions report; its earlier verdicts are lost.", EventName = "StreamStateUnreadable")]
    private partial void LogStateUnreadable(string experiment, Exception exception);

    [LoggerMessage(315, LogLevel.Warning, "The message at offset {Offset} of partition {Partition} of topic {Topic} is not an event: {Fault} It is passed over; further ones are counted in the health of the monitor.", EventName = "StreamMessageUnreadable")]
    private partial void LogUnreadable(long offset, int partition, string topic, string fault);
}
