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
    private readonly DestinationState _state;
    private readonly DeliveryQueue _queue;
    private readonly Overflow? _overflow;
    private readonly BackplaneCaller? _caller;
    private readonly DestinationWorker? _worker;
    private readonly Task _work;
    private readonly TimeProvider _time;
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
        _time = time;
        _state = new DestinationState(name, drops, metrics, time, logger);
        if (_immediate is not null)
        {
            _queue = new DeliveryQueue(0);
            _work = Task.CompletedTask;
            return;
        }

        OutboxKey = outboxKey ?? name;
        outbox?.Register(OutboxKey, name, () => _queue!.Wake());
        _queue = new DeliveryQueue(settings.QueueSize, outbox?.NextPosition(OutboxKey) ?? 0);
        _overflow = outbox is null ? null : new Overflow(outbox, _queue, _state, settings.BatchSize, time, OutboxKey);
        metrics.Watch(name, () => _queue.Count);
        _caller = new BackplaneCaller(backplane, name, settings.PublishTimeout, metrics, time, _abort.Token);
        _worker = new DestinationWorker(_queue, _overflow, _state, _caller, settings, time, _abort.Token);
        _work = Detached.Start(_worker.WorkAsync);
    }

    public string Name => _state.Name;

    /// <summary>What its events are stored under in the outbox; empty for an immediate destination.</summary>
    public string OutboxKey { get; } = "";

    /// <summary>How many events it took.</summary>
    public long Delivered => _state.Delivered;

    /// <summary>The loss in front of this destination.</summary>
    public LossWatch Losses => _state.Losses;

    /// <summary>Whether what the destination cannot take is kept.</summary>
    public bool HasOutbox => _overflow is not null;

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

    /// <summary>For the one that publishes: takes the event as soon as there is room; counts it as dropped after the end.</summary>
    public async ValueTask PublishAsync(DataPlaneEnvelope envelope)
    {
        while (!TryAdd(envelope))
        {
            if (_queue.IsClosed)
            {
                _state.Drop(envelope, DropReasons.Shutdown);
                return;
            }

            await _queue.WaitForRoomAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Takes an event about a loss, for which places are kept; neither waits nor counts where there is none.</summary>
    public bool TryTell(DataPlaneEnvelope envelope) => TryAdd(envelope, usesReserve: true);

    /// <summary>Waits until what was published before is delivered, counted or in the outbox, then flushes the destination itself.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _queue.SettledAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _backplane.FlushAsync(cancellationToken).AsTask().WaitAsync(_settings.PublishTimeout, _time, cancellationToken).ConfigureAwait(false);
            _state.Flushed();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _state.NotFlushed(exception);
        }
    }

    /// <summary>The destination's own word on its health, with what the pipeline has seen of it.</summary>
    public async ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken)
    {
        BackplaneHealth own;
        try
        {
            own = await _backplane.HealthAsync(cancellationToken).AsTask().WaitAsync(HealthTimeout, _time, cancellationToken).ConfigureAwait(false)
                ?? BackplaneHealth.Unhealthy($"{Name} answered no health.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            own = BackplaneHealth.Unhealthy($"The health check of {Name} failed: {_state.TextOf(exception)}");
        }

        if (_caller?.Blocking is { } blocking)
        {
            own = BackplaneHealth.Unhealthy(string.Create(
                CultureInfo.InvariantCulture, $"{Name} has blocked its thread for {blocking.TotalSeconds:0} s: its PublishAsync has to be asynchronous."));
        }

        return _state.Judge(own, _queue.Count, _settings.QueueSize, _queue.Oldest, _overflow?.Count);
    }

    /// <summary>Closes the queue and gives the worker time to empty it; what is left is counted as dropped or put into the outbox.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        using var wait = _settings.Shutdown.Begin();
        try
        {
            await _work.WaitAsync(wait.Longest, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            GiveUp();
        }

        if (_overflow is not null)
        {
            await _overflow.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes the queue without waiting; what is left is counted as dropped or put into the outbox, because a synchronous caller cannot wait for it.</summary>
    public void Dispose()
    {
        _queue.Close();
        if (!_work.IsCompleted)
        {
            GiveUp();
        }
    }

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
        _overflow?.Consider();
        return isAdded;
    }

    private void GiveUp()
    {
        _worker?.GiveUp();
        _abort.Cancel();
    }
}
