using System.Collections.Concurrent;
using Confluent.Kafka;
using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>What all steps of the topology share: the options, the clock, logs, metrics and health. Thread-safe.</summary>
internal sealed partial class StreamsMonitor(ExperimentMonitorStreamsOptions options, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>How long the engine may reassign partitions, or read nothing, before it is not expected to go on by itself.</summary>
    public static readonly TimeSpan EnginePatience = TimeSpan.FromMinutes(2);

    /// <summary>A stream can name any number of experiments.</summary>
    private const int MaxFailed = 1_000;

    private readonly TimeProvider _time = NonThrowingTimeProvider.Of(time);
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Monitoring));
    private readonly SignalLog _signals = new(loggers);
    private readonly ConcurrentDictionary<string, (ExperimentState State, long Subjects)> _experiments = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Store, int Partition), bool> _restored = [];
    private readonly ConcurrentDictionary<string, bool> _failed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _tooLarge = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, long> _commits = [];
    private EngineStatus _engine = new(KafkaStream.State.CREATED, null);
    private long _activeAt;
    private int _unreported;
    private long _ignored;
    private long _unreadable;
    private long _untimed;
    private long _unknown;
    private long _failedEvents;
    private long _refused;

    public ExperimentMonitorStreamsOptions Options => options;

    /// <summary>Where the engine reads on.</summary>
    public ReadPositions Positions { get; } = new(NonThrowingTimeProvider.Of(time), loggers);

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>The experiments that this instance coordinates.</summary>
    public IReadOnlyList<(string Name, ExperimentState State, long Subjects)> States => [.. _experiments.Select(static experiment => (experiment.Key, experiment.Value.State, experiment.Value.Subjects))];

    /// <summary>The events of experiments that are not monitored, because there are too many others. A report of such an experiment counts as one.</summary>
    public long Ignored => Interlocked.Read(ref _ignored);

    /// <summary>The messages that are not events.</summary>
    public long Unreadable => Interlocked.Read(ref _unreadable);

    /// <summary>The messages whose Kafka timestamp is negative.</summary>
    public long Untimed => Interlocked.Read(ref _untimed);

    /// <summary>The events of a category that this version does not know.</summary>
    public long Unknown => Interlocked.Read(ref _unknown);

    /// <summary>The events that could not be counted because of a fault.</summary>
    public long FailedEvents => Interlocked.Read(ref _failedEvents);

    /// <summary>The messages that were too large to be written.</summary>
    public long TooLarge => Interlocked.Read(ref _refused);

    /// <summary>The experiments that the monitor has failed at, or could not keep the state of.</summary>
    public IEnumerable<string> Failed => _failed.Keys;

    /// <summary>The partitions that have counted something since their last report.</summary>
    public int Unreported => Volatile.Read(ref _unreported);

    /// <summary>Whether the host stops, so that partitions report at once.</summary>
    public bool IsStopping { get; set; }

    /// <summary>The state of the engine.</summary>
    public KafkaStream.State EngineState => Volatile.Read(ref _engine).State;

    /// <summary>Whether an engine that runs has not asked for messages for a long time, and restored none, so that it counts nothing although nothing has failed.</summary>
    public bool IsEngineStalled => EngineState == KafkaStream.State.RUNNING && _time.GetElapsedTime(Interlocked.Read(ref _activeAt)) >= EnginePatience;

    /// <summary>Whether the engine runs, or has stopped to reassign the partitions and is expected to go on soon.</summary>
    public bool IsEngineRunning => Volatile.Read(ref _engine) is var engine
        && ((engine.State == KafkaStream.State.RUNNING && !IsEngineStalled)
            || (engine.State == KafkaStream.State.REBALANCING && Failure is null && engine.LeftRunning is { } left && Now - left < EnginePatience));

    /// <summary>Why the engine failed; null while it runs.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Called when the state of the engine has changed.</summary>
    public void OnEngineState(KafkaStream.State state)
    {
        OnActive();
        var before = Volatile.Read(ref _engine);
        Volatile.Write(ref _engine, new EngineStatus(state, before.State == KafkaStream.State.RUNNING ? Now : before.LeftRunning));
        Failure = state == KafkaStream.State.RUNNING ? null : Failure;
    }

    /// <summary>Called when the engine asks its brokers for messages, and when it has restored some of a store, which it does instead.</summary>
    public void OnActive() => Interlocked.Exchange(ref _activeAt, _time.GetTimestamp());

    /// <summary>Called when the engine has ended, however it did: nothing of what it had is here any more.</summary>
    public void OnEngineEnded()
    {
        _experiments.Clear();
        _restored.Clear();
        Volatile.Write(ref _unreported, 0);
    }

    /// <summary>Called for an event of an experiment that is not monitored, because there are too many others.</summary>
    public void OnIgnored()
    {
        if (Interlocked.Increment(ref _ignored) == 1)
        {
            LogIgnored(options.MaxExperiments);
        }
    }

    /// <summary>Called for an event of a category that this version does not know.</summary>
    public void OnUnknown()
    {
        if (Interlocked.Increment(ref _unknown) == 1)
        {
            LogUnknown();
        }
    }

    /// <summary>Called for a message whose Kafka timestamp is negative.</summary>
    public void OnUntimed(TopicPartitionOffset position)
    {
        if (Interlocked.Increment(ref _untimed) == 1)
        {
            LogUntimed(position.Offset.Value, position.Partition.Value, position.Topic);
        }
    }

    /// <summary>Called when an event could not be counted because of a fault.</summary>
    public void OnFailedEvent(string experiment, Exception fault)
    {
        Interlocked.Increment(ref _failedEvents);
        OnFault(experiment, fault);
    }

    /// <summary>Called when an experiment could not be processed, which is logged once for each experiment.</summary>
    public void OnFault(string experiment, Exception fault)
    {
        if (_failed.Count < MaxFailed && _failed.TryAdd(experiment, true))
        {
            LogFailed(experiment, fault);
        }
    }

    /// <summary>Called for a message that is larger than the brokers accept, which is logged once for each subject of such messages.</summary>
    /// <param name="what">What the message is, in few words.</param>
    /// <param name="bytes">Its length; 0 if it is not known.</param>
    public void OnTooLarge(string what, long bytes)
    {
        Interlocked.Increment(ref _refused);
        if (_tooLarge.Count < MaxFailed && _tooLarge.TryAdd(what, true))
        {
            LogTooLarge(what, bytes);
        }
    }

    /// <summary>Called for a message that is not an event.</summary>
    public void OnUnreadable(TopicPartitionOffset position, Exception fault)
    {
        // A topic may hold any number; the count is in health.
        if (Interlocked.Increment(ref _unreadable) == 1)
        {
            LogUnreadable(position.Offset.Value, position.Partition.Value, position.Topic, fault.Message);
        }
    }

    /// <summary>Called when a partition of a store has been read from its changelog.</summary>
    public void OnRestored(string store, int partition) => _restored[(store, partition)] = true;

    /// <summary>Whether a partition of a store has been read from its changelog since this was asked last.</summary>
    public bool TakeRestored(string store, int partition) => _restored.TryRemove((store, partition), out _);

    /// <summary>Called when a commit of a partition of the experiments has begun.</summary>
    public void OnCommit(int partition) => _commits.AddOrUpdate(partition, 1, static (_, commits) => commits + 1);

    /// <summary>The number of commits of a partition of the experiments.</summary>
    public long Commits(int partition) => _commits.GetValueOrDefault(partition);

    /// <summary>Called when a partition has something to report, and when it has reported it.</summary>
    public void OnUnreported(bool isUnreported) => Interlocked.Add(ref _unreported, isUnreported ? 1 : -1);

    /// <summary>Called when the store of a partition was lost, so that an experiment is counted from zero.</summary>
    public void OnStoreLost(string experiment, int partition, int run) => LogStoreLost(partition, experiment, run);

    /// <summary>Called when others have partitions because this instance did not answer in time.</summary>
    public void OnPartitionsLost(int partitions) => LogPartitionsLost(partitions);

    /// <summary>Called when what was read of partitions could not be committed before they were handed over.</summary>
    public void OnHandoverNotCommitted(int partitions, Error error) => LogHandoverNotCommitted(partitions, error.Reason, error.Code);

    /// <summary>Called when the state of all coordinators of a partition was lost.</summary>
    public void OnCoordinatorsLost(int partition, string changelog) => LogCoordinatorsLost(partition, changelog);

    /// <summary>Called when a part of the state of a coordinator cannot be read.</summary>
    public void OnStateUnreadable(string experiment, Exception fault) => LogStateUnreadable(experiment, fault);

    /// <summary>Called when an experiment was evaluated.</summary>
    public void OnEvaluated(string experiment, ExperimentState state, long subjects) => _experiments[experiment] = (state, subjects);

    /// <summary>Called when another instance may coordinate an experiment from now on.</summary>
    public void OnMoved(string experiment) => _experiments.TryRemove(experiment, out _);

    /// <summary>Called when a signal is published.</summary>
    public void OnSignal(AnalysisSignalEvent signal) => _signals.Write(signal);

    [LoggerMessage(313, LogLevel.Warning, "The store of partition {Partition} was lost, and maybe those of other partitions. The subjects of {Experiment} are counted from zero in run {Run}, which needs more evidence for an alarm than the run before. Keep the changelog topics of the monitor compacted, and do not delete them.", EventName = "StreamStoreLost")]
    private partial void LogStoreLost(int partition, string experiment, int run);

    [LoggerMessage(314, LogLevel.Error, "A part of the state of the coordinator of {Experiment} cannot be read. Its weights, resets and verdicts are kept if they can be read. Its subjects are counted again, in a new run if the damage is not limited to one of its partitions; a new run needs more evidence for an alarm than the run before. If a finding about undeclared weights remains for minutes, restart the hosts, which declare them again.", EventName = "StreamStateUnreadable")]
    private partial void LogStateUnreadable(string experiment, Exception exception);

    [LoggerMessage(315, LogLevel.Warning, "The message at offset {Offset} of partition {Partition} of topic {Topic} is not an event, and is passed over: {Fault} Further messages of this kind are not logged, but counted in the health of the monitor.", EventName = "StreamMessageUnreadable")]
    private partial void LogUnreadable(long offset, int partition, string topic, string fault);

    [LoggerMessage(321, LogLevel.Warning, "Events of more than {MaxExperiments} experiments have arrived at the experiment monitor. Events of further experiments are ignored. Raise ExperimentMonitorStreamsOptions.MaxExperiments, which includes experiments that have ended, or look for code that creates a new experiment name with each request.", EventName = "StreamExperimentsIgnored")]
    private partial void LogIgnored(int maxExperiments);

    [LoggerMessage(322, LogLevel.Warning, "The experiment monitor received events that this version cannot read, and does not count them. Update the monitor to the version that writes them. Further events of this kind are not logged, but counted in its health.", EventName = "StreamEventsUnknown")]
    private partial void LogUnknown();

    [LoggerMessage(323, LogLevel.Error, "The experiment monitor failed to process {Experiment}, so its counts and verdicts are incomplete. Monitoring continues with the next event, and other experiments are not affected. Further faults of this experiment are not logged.", EventName = "StreamExperimentFailed")]
    private partial void LogFailed(string experiment, Exception exception);

    [LoggerMessage(324, LogLevel.Error, "{What} has {Bytes} bytes, which is more than the brokers accept, and was not written. Raise message.max.bytes of the brokers and in ExperimentMonitorStreamsOptions.Settings, or look for what makes it so large, such as code that creates a new version of the weights or a new segment with each request.", EventName = "StreamMessageTooLarge")]
    private partial void LogTooLarge(string what, long bytes);

    [LoggerMessage(325, LogLevel.Warning, "The message at offset {Offset} of partition {Partition} of topic {Topic} has no timestamp, or a negative one, and is passed over. Let its producer set timestamps; further ones are counted in the health of the monitor.", EventName = "StreamMessageUntimed")]
    private partial void LogUntimed(long offset, int partition, string topic);

    [LoggerMessage(328, LogLevel.Error, "The state of the coordinators of partition {Partition} was lost, or the oldest part of it: verdicts, resets and the numbers of runs of its experiments are forgotten. Counts and weights are restored as partitions report each experiment. Repeat any resets. Keep topic {Topic} compacted, and do not delete it.", EventName = "StreamCoordinatorsLost")]
    private partial void LogCoordinatorsLost(int partition, string topic);

    [LoggerMessage(329, LogLevel.Warning, "This instance of the experiment monitor did not answer its brokers in time and has lost {Partitions} partitions of its topics. Other instances continue from the last commit, and this one joins them again by itself. If this happens repeatedly, give it more CPU, or raise session.timeout.ms and max.poll.interval.ms in ExperimentMonitorStreamsOptions.Settings.", EventName = "StreamPartitionsLost")]
    private partial void LogPartitionsLost(int partitions);

    [LoggerMessage(330, LogLevel.Warning, "What was read of {Partitions} partitions could not be committed before they were handed over: {Reason} ({Code}). The instance that takes them over reads it again from the last commit, and counts no subject twice; the numbers of exposures and exclusions may be a little too high.", EventName = "StreamHandoverNotCommitted")]
    private partial void LogHandoverNotCommitted(int partitions, string reason, ErrorCode code);

    private sealed record EngineStatus(KafkaStream.State State, DateTimeOffset? LeftRunning);
}
