namespace ExperimentFramework.DataPlane;

/// <summary>
/// Delivers the queue of one destination: takes batches, tries them until they are settled, and knows at every moment which events
/// are on their way.
/// </summary>
internal sealed class DestinationWorker
{
    private readonly DeliveryQueue _queue;
    private readonly Overflow? _overflow;
    private readonly DestinationState _state;
    private readonly BackplaneCaller _caller;
    private readonly DeliveryAttempts _attempts;
    private readonly Backoff _backoff;
    private readonly int _batchSize;
    private readonly TimeProvider _time;
    private readonly CancellationToken _abort;
    private readonly Lock _ownership = new();
    private readonly List<QueuedEnvelope> _inFlight = [];
    private bool _isFromOutbox;
    private bool _isGivenUp;

    public DestinationWorker(
        DeliveryQueue queue,
        Overflow? overflow,
        DestinationState state,
        BackplaneCaller caller,
        DestinationSettings settings,
        TimeProvider time,
        CancellationToken abort)
    {
        _queue = queue;
        _overflow = overflow;
        _state = state;
        _caller = caller;
        _attempts = new DeliveryAttempts(settings.BatchSize, settings.MaxAttempts);
        _backoff = new Backoff(settings.BaseDelay, settings.MaxDelay, settings.Random);
        _batchSize = settings.BatchSize;
        _time = time;
        _abort = abort;
    }

    /// <summary>Works until the queue is closed and everything in it and in the outbox is settled.</summary>
    public async Task WorkAsync()
    {
        while (await FillAsync().ConfigureAwait(false))
        {
            await DeliverAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Gives up what is on its way and in the queue: counts it as dropped or puts it into the outbox.</summary>
    public void GiveUp()
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
    }

    /// <summary>Gets events to deliver: from the outbox, where there are any, because they are older.</summary>
    /// <returns>False at the end.</returns>
    private async ValueTask<bool> FillAsync()
    {
        while (true)
        {
            // Before the queue is looked into: what was added before it was closed is found then.
            var isClosed = _queue.IsClosed;
            List<QueuedEnvelope> stored = [];
            using (_overflow is null ? null : await _overflow.EnterAsync().ConfigureAwait(false))
            {
                _overflow?.Read(stored);
                if (!TryFill(stored))
                {
                    return false;
                }
            }

            if (_inFlight.Count > 0)
            {
                return true;
            }

            if (isClosed)
            {
                return false;
            }

            await _queue.WaitForEventsAsync().ConfigureAwait(false);
        }
    }

    private bool TryFill(List<QueuedEnvelope> stored)
    {
        lock (_ownership)
        {
            if (_isGivenUp)
            {
                return false;
            }

            _isFromOutbox = stored.Count > 0;
            if (_isFromOutbox)
            {
                _inFlight.AddRange(stored);
            }
            else
            {
                _queue.Take(_inFlight, _batchSize);
            }

            return true;
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
            await Task.Delay(_backoff.Next(), _time, _abort).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Given up: the next step sees it.
        }
    }
}
