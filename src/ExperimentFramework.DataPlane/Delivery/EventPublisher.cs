using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The caller's side of the pipeline: writes records into the queue, or events straight into the destinations that are
/// immediate.
/// </summary>
internal sealed class EventPublisher : IEventPublisher, IAsyncDisposable, IDisposable
{
    /// <summary>The name of what is in front of all destinations.</summary>
    private const string PipelineName = "pipeline";

    /// <summary>How long the end waits for the worker to let go of what it holds, where nothing but code of the application can keep it from that.</summary>
    private static readonly TimeSpan MaxReleaseWait = TimeSpan.FromMilliseconds(250);

    private readonly Destination[] _destinations;
    private readonly Destination[] _immediate;
    private readonly List<Destination> _ownedDestinations = [];
    private readonly RecordQueue? _queue;
    private RecordQueue? _fastPathQueue;
    private readonly RecordPump? _pump;
    private readonly BackpressureGate _gate;
    private readonly ReloadableOptions _options;
    private readonly EventRedaction _redaction;
    private readonly WorkerFaults _faults;
    private readonly NonThrowingLogger _logger;
    private readonly bool _blocks;
    private readonly int _maxAttributeLength;
    private readonly ShutdownBudget _shutdown;
    private readonly DropLedger _ledger;
    private readonly IEnumerable<IHealthContributor> _healthSources;
    private readonly DropRecorder _drops;
    private readonly DeliveryMetrics _metrics;
    private readonly EnvelopeFactory _envelopes;
    private readonly ReplacedValues _replaced;
    private readonly RecordSequence _sequence = new();
    private readonly PrebuiltEvents _prebuilt;
    private readonly TimeProvider _time;
    private volatile bool _isClosed;

    public EventPublisher(
        IEnumerable<IDataBackplane> backplanes,
        IEnumerable<IHealthContributor> healthSources,
        DestinationFactory factory,
        ReloadableOptions options,
        ShutdownBudget shutdown,
        EventRedaction redaction,
        ReplacedValues replaced,
        DropLedger drops,
        DeliveryMetrics metrics,
        TimeProvider time,
        ILogger logger)
    {
        time = NonThrowingTimeProvider.Of(time);
        var settings = options.Value;
        _redaction = redaction;
        _logger = new NonThrowingLogger(logger, redaction.Exceptions);
        _faults = new WorkerFaults(PipelineName, time, _logger);
        _options = options;
        _envelopes = new EnvelopeFactory(redaction);
        _replaced = replaced;
        _blocks = settings.FailureMode == BackplaneFailureMode.Block;
        _maxAttributeLength = settings.MaxAttributeLength;
        _shutdown = shutdown;
        BlockTimeout = settings.BlockTimeout;
        _ledger = drops;
        _healthSources = healthSources;
        _metrics = metrics;
        _time = time;
        _prebuilt = new PrebuiltEvents(drops);
        _drops = new DropRecorder(drops, new LossDetector(PipelineName, time, _logger), _logger);
        _gate = new BackpressureGate(settings.MaxQueueSize, settings.BlockTimeout, time);
        _destinations = [.. backplanes.SelectMany(backplane => factory.CreateAll(backplane, _ownedDestinations.Add))];
        factory.StartOutbox();
        _immediate = [.. _destinations.Where(destination => destination.IsImmediate)];
        RequiredDestinations.Validate(settings.RequiredDestinations, _destinations);
        Destination[] queued = [.. _destinations.Except(_immediate)];
        if (queued.Length == 0)
        {
            return;
        }

        var wake = new AsyncAutoResetEvent();
        _queue = new RecordQueue(settings.MaxQueueSize, settings.BatchSize, _sequence, wake);
        _fastPathQueue = _immediate.Length == 0 ? _queue : null;
        var routes = new DestinationRouter(
            queued,
            destination => _blocks && settings.RequiredDestinations.Contains(destination.Name),
            _drops.Losses,
            EnvelopeOf,
            () => IsEnabled(DataPlaneEventType.Error),
            metrics);
        var batch = new RecordBatch(_envelopes, _prebuilt, _sequence, _drops);
        _pump = new RecordPump(_queue, _gate, batch, routes, metrics, _drops, _faults, wake, settings, time);
        metrics.Watch(PipelineName, () => Pending);
    }

    /// <summary>Every destination, those of composites one by one.</summary>
    public IReadOnlyList<Destination> Destinations => _destinations;

    /// <summary>How many events wait in front of all destinations.</summary>
    public long Pending => _queue?.Pending ?? 0;

    /// <summary>How long a caller waits for room at most.</summary>
    public TimeSpan BlockTimeout { get; }

    /// <summary>Whether an event would be taken now, as far as can be known before it is written.</summary>
    public bool HasCapacity => _destinations.Length > 0 && !_isClosed && _queue?.IsExhausted != true;

    /// <summary>Whether every worker waits.</summary>
    public bool IsResting => _pump?.IsResting != false && _destinations.All(destination => destination.IsResting);

    /// <summary>How many callers wait for room.</summary>
    public int Waiting => _gate.Waiting;

    public bool IsEnabled(DataPlaneEventType category) => _options.Value.IsEnabled(category);

    /// <summary>What is wrong in front of all destinations, for an operator; null for nothing.</summary>
    private string? DegradedReason => _redaction.DegradedReason ?? _faults.DegradedReason
        ?? ((_time as NonThrowingTimeProvider)?.Fault is { } fault ? $"The registered TimeProvider throws, and the machine's time takes its place: {_logger.Exceptions.MessageOf(fault)}" : null);

    /// <summary>The event id of a record.</summary>
    public Guid GetEventId(long timestamp, long number) => _envelopes.GetEventId(timestamp, number);

    /// <summary>
    /// The short way for a record: a place in the calling thread's queue, to be filled in and committed. Null where the record has
    /// to go through <see cref="Write(in EventRecord, WaitMode, CancellationToken)"/>.
    /// </summary>
    public RecordProducer? TryReserve() => _fastPathQueue?.TryReserve();

    /// <summary>Hands a record on, or counts it as dropped. Never throws.</summary>
    /// <param name="record">The record; its timestamps and its form or content are set.</param>
    /// <param name="wait">What to do where there is no room and callers wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public EnqueueResult Write(in EventRecord record, WaitMode wait, CancellationToken cancellationToken)
    {
        if (_destinations.Length == 0 || _isClosed)
        {
            Drop(record, DropReasons.NoDestination);
            return default;
        }

        return _immediate.Length == 0 ? Enqueue(record, wait, cancellationToken) : WriteImmediately(record, wait, cancellationToken);
    }

    /// <summary>Hands an event to every destination.</summary>
    public EnqueueResult Write(DataPlaneEvent dataPlaneEvent, WaitMode wait, CancellationToken cancellationToken) =>
        IsEnabled(dataPlaneEvent.EventType) ? Write(RecordOf(dataPlaneEvent), wait, cancellationToken) : default;

    public async ValueTask PublishAsync(DataPlaneEvent dataPlaneEvent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataPlaneEvent);
        if (dataPlaneEvent is UnknownEvent)
        {
            throw new ArgumentException("An event of an unknown category cannot be published: it has no switch, and redaction cannot see into it.", nameof(dataPlaneEvent));
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!IsEnabled(dataPlaneEvent.EventType))
        {
            return;
        }

        if (Write(PublishedEvent.Capture(dataPlaneEvent, _maxAttributeLength), WaitMode.Task, cancellationToken).PendingAdmission is { } waiting && !await waiting.ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_pump is not null)
        {
            await _pump.FlushAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        await Task.WhenAll(_destinations.Select(destination => destination.FlushAsync(cancellationToken).AsTask())).ConfigureAwait(false);
    }

    public async ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default)
    {
        var health = await HealthAggregator.AggregateAsync(_destinations, _healthSources, _ledger, cancellationToken).ConfigureAwait(false);
        health = health with { Diagnostics = new Dictionary<string, object>(health.Diagnostics) { ["values_replaced"] = _replaced.Total } };
        if (_queue is null)
        {
            // Immediate destinations have no queue to judge, but the same clock and the same redaction.
            return DegradedReason is { } trouble && health.IsHealthy ? BackplaneHealth.Degraded(trouble, health.Diagnostics) : health;
        }

        return PipelineHealth.GetHealth(health, _queue.Pending, _queue.Capacity, _drops.Losses.HasRecentLoss, DegradedReason);
    }

    /// <summary>Takes nothing more and delivers what it has, for as long as <see cref="DataPlaneOptions.ShutdownTimeout"/>; counts what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        if (_pump is not null)
        {
            await CloseAsync(_pump).ConfigureAwait(false);
            _drops.LogLostAtEnd();
            _fastPathQueue = null;
        }

        await Task.WhenAll(_ownedDestinations.Select(destination => destination.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    /// <summary>Takes nothing more and counts what has not been delivered, because a synchronous caller cannot wait for it.</summary>
    public void Dispose()
    {
        _isClosed = true;
        if (_pump is not null)
        {
            _pump.Abandon();
            _ownedDestinations.ForEach(destination => destination.Close());
            _pump.Ended.Wait(MaxReleaseWait);
            _drops.LogLostAtEnd();
        }

        _fastPathQueue = null;
        _ownedDestinations.ForEach(destination => destination.Dispose());
    }

    private async ValueTask CloseAsync(RecordPump pump)
    {
        using var wait = _shutdown.Begin();
        try
        {
            await pump.CloseAsync().WaitAsync(wait.Remaining, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A destination that callers wait for does not take its events: what is left ends here.
            pump.Abandon();
            _ownedDestinations.ForEach(destination => destination.Close());
            await Task.WhenAny(pump.Ended, Task.Delay(MaxReleaseWait)).ConfigureAwait(false);
        }
    }

    private EnqueueResult WriteImmediately(in EventRecord record, WaitMode wait, CancellationToken cancellationToken)
    {
        var numbered = record;
        numbered.Number = _sequence.Reserve(1);
        var isMade = _envelopes.TryCreate(numbered, out var before, out var envelope);
        if (before is not null)
        {
            // Where callers wait for room it does too, and nobody for it.
            Write(_prebuilt.RecordOf(before, record.Activity, record.EnqueuedAt), WaitMode.Task, CancellationToken.None);
        }

        if (!isMade)
        {
            Drop(numbered, DropReasons.Serialization);
            return default;
        }

        foreach (var destination in _immediate)
        {
            destination.TryPublish(envelope!);
        }

        if (_queue is null)
        {
            _metrics.CountPublished(1);
            return new EnqueueResult(numbered.Number);
        }

        // It is noted for the queue now: others were, while this event was made.
        numbered.Payload = envelope;
        numbered.EnqueuedAt = _time.GetUtcNow().UtcTicks;
        return new EnqueueResult(numbered.Number, Enqueue(numbered, wait, cancellationToken).PendingAdmission);
    }

    private EnqueueResult Enqueue(in EventRecord record, WaitMode wait, CancellationToken cancellationToken)
    {
        var number = TryCommit(record);
        if (number != 0)
        {
            return new EnqueueResult(number);
        }

        if (_blocks && _gate.TryEnter())
        {
            return EnqueueWhenCapacity(record, wait, cancellationToken);
        }

        Drop(record, DropReasons.QueueFull);
        return default;
    }

    private EnqueueResult EnqueueWhenCapacity(EventRecord record, WaitMode wait, CancellationToken cancellationToken)
    {
        if (record.Number == 0)
        {
            record.Number = _sequence.Reserve(1);
        }

        if (wait == WaitMode.Task)
        {
            return new EnqueueResult(record.Number, EnqueueWhenCapacityAsync(record, cancellationToken));
        }

        if (_gate.Wait(() => TryCommit(record) != 0, cancellationToken))
        {
            return new EnqueueResult(record.Number);
        }

        Drop(record, DropReasons.Timeout);
        return default;
    }

    private async Task<bool> EnqueueWhenCapacityAsync(EventRecord record, CancellationToken cancellationToken)
    {
        if (await _gate.WaitAsync(() => TryCommit(record) != 0, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        Drop(record, DropReasons.Timeout);
        return false;
    }

    private long TryCommit(in EventRecord record)
    {
        if (_queue!.TryReserve() is not { } producer)
        {
            return 0;
        }

        producer.Reserved = record;
        return record.Number == 0 ? producer.Commit() : producer.Commit(record.Number);
    }

    private void Drop(in EventRecord record, string reason)
    {
        _metrics.CountPublished(_drops.Drop(record, _isClosed ? DropReasons.Shutdown : reason));
    }

    /// <summary>The envelope of an event about a loss; null where it cannot be made.</summary>
    private DataPlaneEnvelope? EnvelopeOf(ErrorEvent error)
    {
        var record = _prebuilt.RecordOf(error, activity: null, error.Timestamp.UtcTicks);
        record.Number = _sequence.Reserve(1);
        return _envelopes.TryCreate(record, out _, out var envelope) ? envelope : null;
    }

    private EventRecord RecordOf(DataPlaneEvent dataPlaneEvent) => _prebuilt.RecordOf(dataPlaneEvent, Activity.Current, _time.GetUtcNow().UtcTicks);
}
