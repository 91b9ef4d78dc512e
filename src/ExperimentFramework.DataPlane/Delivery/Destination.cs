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
    private readonly BackplaneCaller _caller;
    private readonly DeliveryAttempts _attempts;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly Lock _ownership = new();
    private readonly List<QueuedEnvelope> _inFlight = [];
    private readonly CancellationTokenSource _abort = new();
    private readonly Task _worker;
    private bool _isFromOutbox;
    private bool _isGivenUp;

    public Destination(
        IDataBackplane backplane,
        string name,
        DestinationSettings settings,
        DropLedger drops,
        DeliveryMetrics metrics,
        TimeProvider time,
        ILogger logger,
        IEventOutbox? outbox = null)
    {
        _backplane = backplane;
        _immediate = backplane as IImmediateBackplane;
        _settings = settings;
        _time = time;
        _state = new DestinationState(name, drops, metrics, time, logger);
        _attempts = new DeliveryAttempts(settings.BatchSize, settings.MaxAttempts);
        _backoff = new Backoff(settings.BaseDelay, settings.MaxDelay, settings.Random);
        _caller = new BackplaneCaller(backplane, name, settings.PublishTimeout, metrics, time, _abort.Token);
        if (_immediate is not null)
        {
            _queue = new DeliveryQueue(0);
            _worker = Task.CompletedTask;
            return;
        }

        _queue = new DeliveryQueue(settings.QueueSize, outbox?.NextPosition(name) ?? 0);
        _overflow = outbox is null ? null : new Overflow(outbox, _queue, _state, settings.BatchSize);
        metrics.Watch(name, () => _queue.Count);
        _worker = Detached.Start(WorkAsync);
    }

    public string Name => _state.Name;

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
    public bool TryTell(DataPlaneEnvelope envelope) => _queue.TryAdd(envelope, usesReserve: true);

    /// <summary>Waits until what was published before is delivered, counted or in the outbox, then flushes the destination itself.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _queue.SettledAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _backplane.FlushAsync(cancellationToken).AsTask().WaitAsync(_settings.PublishTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _state.Failed(exception, retried: 0);
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

        return _state.Judge(own, _queue.Count, _settings.QueueSize, _queue.Oldest, _overflow?.Count);
    }

    /// <summary>Closes the queue and gives the worker time to empty it; what is left is counted as dropped or put into the outbox.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        try
        {
            await _worker.WaitAsync(_settings.ShutdownTimeout, _time).ConfigureAwait(false);
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
        if (!_worker.IsCompleted)
        {
            GiveUp();
        }
    }

    private bool TryAdd(DataPlaneEnvelope envelope)
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

        var isAdded = _queue.TryAdd(envelope);
        _overflow?.Consider();
        return isAdded;
    }


    private async Task WorkAsync()
    {
        while (await FillAsync().ConfigureAwait(false))
        {
            await DeliverAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Gets events to deliver: from the outbox, where there are any, because they are older.</summary>
    /// <returns>False at the end.</returns>
    private async ValueTask<bool> FillAsync()
    {
        while (true)
        {
            using (_overflow is null ? null : await _overflow.EnterAsync().ConfigureAwait(false))
            {
                lock (_ownership)
                {
                    if (_isGivenUp)
                    {
                        return false;
                    }

                    _isFromOutbox = _overflow is not null && _overflow.TryRead(_inFlight);
                    if (!_isFromOutbox)
                    {
                        _queue.Take(_inFlight, _settings.BatchSize);
                    }
                }
            }

            if (_inFlight.Count > 0)
            {
                return true;
            }

            if (_queue.IsClosed)
            {
                return false;
            }

            await _queue.WaitForEventsAsync().ConfigureAwait(false);
        }
    }

    private async Task DeliverAsync()
    {
        while (TryBegin(out var start, out var batch))
        {
            var result = await _caller.PublishAsync(batch).ConfigureAwait(false);
            if (!TryConclude(start, batch.Length, result, out var settled, out var isToWait))
            {
                return;
            }

            if (_isFromOutbox)
            {
                _overflow!.Remove(settled);
            }
            else
            {
                _queue.Settle(settled);
            }

            if (!isToWait)
            {
                continue;
            }

            if (_overflow is not null)
            {
                await PutAwayAsync(_overflow).ConfigureAwait(false);
            }

            await PauseAsync().ConfigureAwait(false);
        }
    }

    private bool TryBegin(out int start, out DataPlaneEnvelope[] batch)
    {
        lock (_ownership)
        {
            start = 0;
            batch = [];
            if (_isGivenUp || _inFlight.Count == 0)
            {
                return false;
            }

            (start, var count) = _attempts.Next(_inFlight.Count);
            batch = new DataPlaneEnvelope[count];
            for (var i = 0; i < count; i++)
            {
                batch[i] = _inFlight[start + i].Envelope;
            }

            return true;
        }
    }

    /// <summary>Accounts for an attempt.</summary>
    /// <returns>False where the events were given up meanwhile, and accounted for by whoever did.</returns>
    private bool TryConclude(int start, int tried, BatchResult result, out List<QueuedEnvelope> settled, out bool isToWait)
    {
        settled = [];
        isToWait = false;
        lock (_ownership)
        {
            if (_isGivenUp)
            {
                return false;
            }

            var delivered = 0;
            for (var i = 0; i < tried; i++)
            {
                var queued = _inFlight[start + i];
                switch (result.StatusOf(i))
                {
                    case DeliveryStatus.Delivered:
                        delivered++;
                        settled.Add(queued);
                        break;
                    case DeliveryStatus.Permanent:
                        _state.Drop(queued.Envelope, DropReasons.Rejected);
                        settled.Add(queued);
                        break;
                }
            }

            var left = tried - settled.Count;
            _state.CountDelivered(delivered);
            Note(result, delivered, left);
            RemoveFromFlight(settled);
            isToWait = Follow(_attempts.Conclude(tried, left, _inFlight.Count), settled);
            return true;
        }
    }

    private void Note(BatchResult result, int delivered, int left)
    {
        if (delivered > 0)
        {
            _backoff.Reset();
        }

        if (left > 0)
        {
            _state.Failed(result.Error, left);
        }
        else
        {
            _state.Answered(result.Error);
        }
    }

    private bool Follow(DeliveryAttempts.Verdict verdict, List<QueuedEnvelope> settled)
    {
        switch (verdict)
        {
            case DeliveryAttempts.Verdict.GoOn:
                return false;
            case DeliveryAttempts.Verdict.FirstIsPoison:
                GiveUpFirst(1, settled);
                return false;
            case DeliveryAttempts.Verdict.DestinationIsDown when _overflow is null:
                GiveUpFirst(_inFlight.Count, settled);
                return true;
            default:
                return true;
        }
    }

    private void GiveUpFirst(int count, List<QueuedEnvelope> settled)
    {
        for (var i = 0; i < count; i++)
        {
            _state.Drop(_inFlight[i].Envelope, DropReasons.RetriesExhausted);
            settled.Add(_inFlight[i]);
        }

        _inFlight.RemoveRange(0, count);
    }

    private void RemoveFromFlight(List<QueuedEnvelope> settled)
    {
        if (settled.Count == _inFlight.Count)
        {
            _inFlight.Clear();
        }
        else if (settled.Count > 0)
        {
            var positions = settled.Select(queued => queued.Position).ToHashSet();
            _inFlight.RemoveAll(queued => positions.Contains(queued.Position));
        }
    }

    /// <summary>Puts what could not be delivered into the outbox, to be read again from there behind nothing that is younger.</summary>
    private async ValueTask PutAwayAsync(Overflow overflow)
    {
        using (await overflow.EnterAsync().ConfigureAwait(false))
        {
            List<QueuedEnvelope> left;
            lock (_ownership)
            {
                left = [.. _inFlight];
                _inFlight.Clear();
            }

            if (!_isFromOutbox && left.Count > 0)
            {
                overflow.Write(left);
                _queue.Settle(left);
            }
        }

        overflow.Consider();
    }

    private async ValueTask PauseAsync()
    {
        try
        {
            await Task.Delay(_backoff.Next(), _time, _abort.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Given up: the next step sees it.
        }
    }

    private void GiveUp()
    {
        List<QueuedEnvelope> left = [];
        lock (_ownership)
        {
            // Whoever takes the events in flight accounts for them: a worker that comes back later finds them taken.
            _isGivenUp = true;
            if (!_isFromOutbox)
            {
                left.AddRange(_inFlight);
            }

            _inFlight.Clear();
        }

        _queue.Take(left, int.MaxValue);
        if (_overflow is not null)
        {
            _overflow.Write(left);
        }
        else
        {
            left.ForEach(queued => _state.Drop(queued.Envelope, DropReasons.Shutdown));
            _state.GivenUp(left.Count);
        }

        _queue.Settle(left);
        _abort.Cancel();
    }
}
