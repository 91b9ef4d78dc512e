using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// One destination with what stands in front of it: a bounded queue and one worker, or nothing for an immediate one.
/// What the destination does, or fails to do, stays here.
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
    private readonly TimeLimitedBackplane? _backplaneCalls;
    private readonly DestinationWorker? _worker;
    private readonly WorkerThread? _thread;
    private readonly TimeProvider _time;
    private readonly BoundedCall _flush;
    private readonly BoundedCall _health;
    private readonly CancellationTokenSource _abort = new();

    public Destination(
        IDataBackplane backplane,
        string name,
        DestinationSettings settings,
        DropLedger drops,
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
        _state = new DestinationStatus(name, drops, metrics, time, logger, hasOutbox: outbox is not null && backplane is not IImmediateBackplane);
        _flush = new BoundedCall($"{name}.{nameof(IDataBackplane.FlushAsync)}", settings.PublishTimeout, time);
        _health = new BoundedCall($"{name}.{nameof(IDataBackplane.HealthAsync)}", HealthTimeout, time);
        if (_immediate is not null)
        {
            _queue = new DeliveryQueue(0);
            return;
        }

        OutboxKey = outboxKey ?? name;
        outbox?.Register(OutboxKey, name, () => _queue!.Wake());
        _queue = new DeliveryQueue(settings.QueueSize, outbox?.NextPosition(OutboxKey) ?? 0);
        _spillover = outbox is null ? null : new OutboxSpillover(outbox, _queue, _state, settings.BatchSize, time, OutboxKey);
        metrics.Watch(name, () => _queue.Count);
        _backplaneCalls = new TimeLimitedBackplane(backplane, name, settings.PublishTimeout, metrics, time, _abort.Token);
        _worker = new DestinationWorker(_queue, _spillover, _state, _backplaneCalls, settings, time, _abort.Token);
        _thread = WorkerThread.Start(name, _worker.Work);
    }

    public string Name => _state.Name;

    /// <summary>What its events are stored under in the outbox; empty for an immediate destination.</summary>
    public string OutboxKey { get; } = "";

    /// <summary>How many events it took.</summary>
    public long Delivered => _state.Delivered;

    /// <summary>The loss in front of this destination.</summary>
    public LossDetector Losses => _state.Losses;

    /// <summary>Whether what the destination cannot take is kept.</summary>
    public bool HasOutbox => _spillover is not null;

    /// <summary>Whether its workers wait.</summary>
    public bool IsResting => _thread?.IsResting != false && _spillover?.IsResting != false;

    /// <summary>Whether an event is there when <see cref="TryPublish"/> returns.</summary>
    public bool IsImmediate => _immediate is not null;

    /// <summary>Takes the event or counts it as dropped; never waits and never throws.</summary>
    public bool TryPublish(DataPlaneEnvelope envelope)
    {
        if (TryAdd(envelope))
        {
            return true;
        }

        _state.Drop(envelope, _queue.IsClosed ? DropReasons.Shutdown : DropReasons.QueueFull);
        return false;
    }

    /// <summary>
    /// For the one that publishes: takes the event as soon as there is room. Counts it as dropped after the end, and where an outbox that should make
    /// room does not.
    /// </summary>
    /// <param name="envelope">The event.</param>
    /// <param name="isRequired">Whether callers wait for the destination, so that it waits for room in any case.</param>
    /// <param name="worker">The thread that waits.</param>
    public void Publish(DataPlaneEnvelope envelope, bool isRequired, WorkerThread worker)
    {
        while (!TryAdd(envelope))
        {
            if ((_queue.IsClosed ? DropReasons.Shutdown : isRequired ? null : _spillover?.RefusalReason) is { } reason)
            {
                _state.Drop(envelope, reason);
                return;
            }

            _queue.WaitForCapacity(worker);
        }
    }

    /// <summary>Takes an event about a loss, for which places are kept; neither waits nor counts where there is none.</summary>
    public bool TryPublishReserved(DataPlaneEnvelope envelope) => TryAdd(envelope, usesReserve: true);

    /// <summary>Waits until what was published before is delivered, counted or in the outbox, then flushes the destination itself.</summary>
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

    /// <summary>The destination's own word on its health, with what the pipeline has seen of it.</summary>
    public async ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken)
    {
        BackplaneHealth own;
        try
        {
            own = Copy(await _health.RunAsync(_backplane.HealthAsync, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            own = BackplaneHealth.Unhealthy($"The health check of {Name} failed: {_state.TextOf(exception)}");
        }

        if (_backplaneCalls?.BlockedFor is { } blocking)
        {
            own = BackplaneHealth.Unhealthy(string.Create(
                CultureInfo.InvariantCulture, $"{Name} has blocked its thread for {blocking.TotalSeconds:0} s: its PublishAsync has to be asynchronous."));
        }

        return _state.GetHealth(own, new DestinationQueueState(_queue.Count, _settings.QueueSize, _queue.Oldest, _spillover?.Count));
    }

    /// <summary>Takes nothing more.</summary>
    public void Close() => _queue.Close();

    /// <summary>Closes the queue and gives the worker time to empty it; what is left is counted as dropped or put into the outbox.</summary>
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
            await StopSpilloverAsync(_spillover, wait.Remaining).ConfigureAwait(false);
        }

        _state.LogLostAtEnd();
    }

    /// <summary>Closes the queue without waiting; what is left is counted as dropped or put into the outbox, because a synchronous caller cannot wait for it.</summary>
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

    private async Task StopSpilloverAsync(OutboxSpillover overflow, TimeSpan longest)
    {
        overflow.Dispose();
        try
        {
            await overflow.Ended.WaitAsync(longest, _time).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            // The storage does not return; what it was given last is in it or not.
            _state.OnOutboxFailed(exception);
        }
    }

    private Task Ended => _thread?.Ended ?? Task.CompletedTask;

    /// <summary>The destination's word with diagnostics of our own: what it gave may be null, or throw when it is read.</summary>
    private BackplaneHealth Copy(BackplaneHealth? own) => own is null
        ? BackplaneHealth.Unhealthy($"{Name} answered no health.")
        : own with { Diagnostics = own.Diagnostics is { } diagnostics ? new Dictionary<string, object>(diagnostics) : new Dictionary<string, object>() };

    private bool TryAdd(DataPlaneEnvelope envelope, bool usesReserve = false)
    {
        if (_immediate is not null)
        {
            if (_queue.IsClosed)
            {
                return false;
            }

            _immediate.Publish(envelope);
            _state.CountDelivered(1);
            return true;
        }

        var isAdded = _queue.TryAdd(envelope, usesReserve);
        _spillover?.SignalIfNeeded();
        return isAdded;
    }

    private void Abandon()
    {
        _worker?.Abandon();
        _abort.Cancel();
    }
}
