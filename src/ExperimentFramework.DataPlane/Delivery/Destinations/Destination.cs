using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// One destination with its bounded queue and its worker, or with neither if the destination is immediate.
/// Failures of the destination do not leave this class.
/// </summary>
internal sealed class Destination : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(5);

    private readonly IDataBackplane _backplane;
    private readonly IImmediateBackplane? _immediate;
    private readonly DestinationSettings _settings;
    private readonly DestinationStatus _state;
    private readonly DeliveryQueue _queue;
    private readonly OutboxSpillover? _spillover;
    private readonly TimeLimitedBackplane? _timeLimited;
    private readonly DestinationWorker? _worker;
    private readonly WorkerThread? _thread;
    private readonly TimeProvider _time;
    private readonly BoundedCall _flush;
    private readonly BoundedCall _health;
    private readonly CancellationTokenSource _abort = new();

    /// <summary>The number of events that an immediate destination is taking.</summary>
    private int _taking;

    public Destination(
        IDataBackplane backplane,
        string name,
        DestinationSettings settings,
        DeliveryMetrics metrics,
        TimeProvider time,
        ILogger logger,
        IEventOutbox? outbox = null,
        string? outboxKey = null)
    {
        _backplane = backplane;
        _immediate = backplane as IImmediateBackplane;
        _settings = settings;
        _time = time = NonThrowingTimeProvider.Of(time);
        _state = new DestinationStatus(name, metrics.Drops, metrics, time, logger, hasOutbox: outbox is not null && backplane is not IImmediateBackplane);
        _flush = new BoundedCall($"{name}.{nameof(IDataBackplane.FlushAsync)}", settings.PublishTimeout, time);
        _health = new BoundedCall($"{name}.{nameof(IDataBackplane.HealthAsync)}", HealthTimeout, time);
        metrics.Watch(name, Account, () => _state.Level);
        if (_immediate is not null)
        {
            _queue = new DeliveryQueue(0);
            return;
        }

        OutboxKey = outboxKey ?? name;
        outbox?.Register(OutboxKey, name, () => _queue!.Wake());
        _queue = new DeliveryQueue(settings.QueueSize, outbox?.NextPosition(OutboxKey) ?? 0, Account);
        _spillover = outbox is null ? null : new OutboxSpillover(outbox, _queue, _state, settings.BatchSize, time, OutboxKey);
        metrics.Watch(name, () => _queue.Count);
        _timeLimited = new TimeLimitedBackplane(backplane, name, settings.PublishTimeout, metrics, time, _abort.Token);
        _worker = new DestinationWorker(_queue, _spillover, _state, _timeLimited, settings, time, _abort.Token);
        _thread = WorkerThread.Start(name, _worker.Work);
    }

    public string Name => _state.Name;

    /// <summary>The key of the destination's events in the outbox; empty for an immediate destination.</summary>
    public string OutboxKey { get; } = "";

    /// <summary>What the pipeline has seen of the destination.</summary>
    public DestinationStatus Status => _state;

    /// <summary>The queue in front of the destination.</summary>
    public DestinationQueueState QueueState => new(_queue.Count, _settings.QueueSize, _queue.Oldest, _spillover?.Count);

    /// <summary>The number of events that the destination accepted.</summary>
    public long Delivered => _state.Delivered;

    /// <summary>Counts how the events for this destination ended.</summary>
    public StreamAccount Account => _state.Account;

    /// <summary>Detects losses of events for this destination.</summary>
    public LossDetector Losses => _state.Losses;

    /// <summary>Whether events that the destination does not accept are kept in an outbox.</summary>
    public bool HasOutbox => _spillover is not null;

    /// <summary>Whether the destination's workers are idle.</summary>
    public bool IsResting => _thread?.IsResting != false && _spillover?.IsResting != false;

    /// <summary>Whether an event is delivered when <see cref="TryPublish(DataPlaneEnvelope)"/> returns.</summary>
    public bool IsImmediate => _immediate is not null;

    /// <summary>Queues the event or counts it as dropped. Never waits and never throws.</summary>
    public bool TryPublish(DataPlaneEnvelope envelope) => TryPublish(envelope, IsImmediate ? default : _time.GetUtcNow());

    /// <summary>Queues the event or counts it as dropped. Never waits and never throws.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="now">The time, which a caller that queues many events reads once.</param>
    public bool TryPublish(DataPlaneEnvelope envelope, DateTimeOffset now)
    {
        if (TryAdd(envelope, now))
        {
            return true;
        }

        _state.Refuse(envelope, _queue.IsClosed ? DropReasons.Shutdown : DropReasons.QueueFull);
        return false;
    }

    /// <summary>
    /// For the only publisher: queues the event as soon as there is capacity. Counts it as dropped after the end, and if an outbox that should free
    /// capacity does not.
    /// </summary>
    /// <param name="envelope">The event.</param>
    /// <param name="now">The time.</param>
    /// <param name="isRequired">Whether callers wait for the destination, so that the event waits for capacity in any case.</param>
    /// <param name="worker">The thread that waits.</param>
    public void Publish(DataPlaneEnvelope envelope, DateTimeOffset now, bool isRequired, WorkerThread worker)
    {
        while (!TryAdd(envelope, now))
        {
            if ((_queue.IsClosed ? DropReasons.Shutdown : isRequired ? null : _spillover?.RefusalReason) is { } reason)
            {
                _state.Refuse(envelope, reason);
                return;
            }

            _queue.WaitForCapacity(worker);
        }
    }

    /// <summary>Sets what the destination receives after everything else, once it has been closed and all other events are settled.</summary>
    /// <param name="last">Creates the events.</param>
    public void EndWith(Func<IReadOnlyList<DataPlaneEnvelope>> last) => _worker?.EndWith(last);

    /// <summary>Queues an event about a loss, for which slots are reserved. Neither waits nor counts a drop if none is free.</summary>
    public bool TryPublishReserved(DataPlaneEnvelope envelope) => TryAdd(envelope, _time.GetUtcNow(), usesReserve: true);

    /// <summary>Queues the parts of an account, for which slots are reserved: all of them or, if no slot is free or the destination is closed, none. Neither waits nor counts a drop.</summary>
    public bool TryPublishWhole(IReadOnlyList<DataPlaneEnvelope> parts)
    {
        if (_immediate is not null)
        {
            return TryTake(_immediate, [.. parts]);
        }

        var isAdded = parts.Count == 0 || _queue.TryAddWhole(parts);
        _spillover?.SignalIfNeeded();
        return isAdded;
    }

    /// <summary>Waits until all events published before are delivered, counted as dropped or in the outbox, then flushes the destination itself.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _queue.SettledAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _flush.RunAsync(
                async token =>
                {
                    await _backplane.FlushAsync(token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            _state.OnFlushed();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _state.OnFlushFailed(exception);
        }
    }

    /// <summary>Returns the destination's own health, combined with what the pipeline has observed of it.</summary>
    public async ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken)
    {
        BackplaneHealth reported;
        try
        {
            reported = Copy(await _health.RunAsync(_backplane.HealthAsync, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            reported = BackplaneHealth.Unhealthy($"The health check of {Name} failed: {_state.TextOf(exception)}");
        }

        if (_timeLimited?.BlockedFor is { } blockedFor)
        {
            reported = BackplaneHealth.Unhealthy(string.Create(
                CultureInfo.InvariantCulture, $"{Name} has blocked its thread for {blockedFor.TotalSeconds:0} s. Its PublishAsync must be asynchronous."));
        }

        return _state.GetHealth(reported, QueueState);
    }

    /// <summary>Refuses all further events.</summary>
    public void Close() => _queue.Close();

    /// <summary>For an immediate destination: refuses all further events, and waits for those that it is taking, which its last account counts.</summary>
    /// <returns>False if it has not returned.</returns>
    public bool TryEnd()
    {
        _queue.Close();
        return SpinWait.SpinUntil(() => Volatile.Read(ref _taking) == 0, ShutdownBudget.ApplicationCode);
    }

    /// <summary>For an immediate destination that has ended: publishes its last account.</summary>
    public void PublishLast(IReadOnlyList<DataPlaneEnvelope> parts)
    {
        foreach (var part in parts)
        {
            Take(_immediate!, part);
        }
    }

    /// <summary>Closes the queue and gives the worker time to empty it. The remaining events are counted as dropped or written to the outbox.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        using var wait = _settings.Shutdown.Begin();
        try
        {
            await Ended.WaitAsync(wait.Remaining, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Abandon();
        }

        if (_spillover is not null)
        {
            using var rest = _settings.Shutdown.Begin();
            await StopSpilloverAsync(_spillover, rest.Remaining).ConfigureAwait(false);
        }

        _state.LogLostAtEnd();
    }

    /// <summary>
    /// Closes the queue without waiting for the destination, because a synchronous caller cannot. The remaining events are counted as dropped or written to the outbox, which has
    /// five seconds to return from the call that it is in.
    /// </summary>
    public void Dispose()
    {
        _queue.Close();
        if (!Ended.IsCompleted)
        {
            Abandon();
        }

        _spillover?.Dispose();
        _state.LogLostAtEnd();
    }

    private async Task StopSpilloverAsync(OutboxSpillover spillover, TimeSpan timeout)
    {
        spillover.Dispose();
        try
        {
            await spillover.Ended.WaitAsync(timeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            // The storage has not returned; the last write may or may not be stored.
            _state.OnOutboxFailed(exception);
        }
    }

    private Task Ended => _thread?.Ended ?? Task.CompletedTask;

    /// <summary>Copies the destination's health, because it may be null and its diagnostics may throw when they are read.</summary>
    private BackplaneHealth Copy(BackplaneHealth? reported) => reported is null
        ? BackplaneHealth.Unhealthy($"The health check of {Name} returned null.")
        : reported with { Diagnostics = reported.Diagnostics is { } diagnostics ? new Dictionary<string, object>(diagnostics) : new Dictionary<string, object>() };

    private bool TryAdd(DataPlaneEnvelope envelope, DateTimeOffset now, bool usesReserve = false)
    {
        if (_immediate is not null)
        {
            return TryTake(_immediate, [envelope]);
        }

        var isAdded = _queue.TryAdd(envelope, now, usesReserve);
        _spillover?.SignalIfNeeded();
        return isAdded;
    }

    private bool TryTake(IImmediateBackplane immediate, ReadOnlySpan<DataPlaneEnvelope> envelopes)
    {
        // Before the queue is seen to be open: whoever closes it waits for these events.
        Interlocked.Increment(ref _taking);
        try
        {
            if (_queue.IsClosed)
            {
                return false;
            }

            foreach (var envelope in envelopes)
            {
                Take(immediate, envelope);
            }

            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _taking);
        }
    }

    private void Take(IImmediateBackplane immediate, DataPlaneEnvelope envelope)
    {
        immediate.Publish(envelope);
        _state.CountDelivered(envelope.Payload);
        Account.CountPublished(envelope.Payload);
    }

    private void Abandon()
    {
        _worker?.Abandon();
        _abort.Cancel();
    }
}
