namespace ExperimentFramework.DataPlane;

/// <summary>Delivers the events of one destination: takes batches and tries them until they are settled.</summary>
internal sealed class DestinationWorker
{
    private readonly DeliveryQueue _queue;
    private readonly OutboxSpillover? _spillover;
    private readonly DestinationStatus _state;
    private readonly TimeLimitedBackplane _backplane;
    private readonly EventsInFlight _inFlight;
    private readonly Backoff _backoff;
    private readonly int _batchSize;

    /// <summary>How long the end waits for a call that the outbox is in.</summary>
    private readonly TimeSpan _outboxPatience;
    private readonly TimeProvider _time;
    private readonly CancellationToken _abort;
    private Func<IReadOnlyList<DataPlaneEnvelope>>? _last;

    /// <summary>Whether the worker is counting what an attempt has settled. The last account must not be created meanwhile.</summary>
    private volatile bool _isAccounting;

    public DestinationWorker(
        DeliveryQueue queue,
        OutboxSpillover? spillover,
        DestinationStatus state,
        TimeLimitedBackplane backplane,
        DestinationSettings settings,
        TimeProvider time,
        CancellationToken abort)
    {
        _queue = queue;
        _spillover = spillover;
        _state = state;
        _backplane = backplane;
        _inFlight = new EventsInFlight(new RetryPlanner(settings.BatchSize, settings.MaxAttempts), settings.MaxAttempts);
        _backoff = new Backoff(settings.BaseDelay, settings.MaxDelay, settings.Random);
        _batchSize = settings.BatchSize;
        _outboxPatience = settings.OutboxPatience;
        _time = time;
        _abort = abort;
    }

    /// <summary>Sets what is delivered after everything else.</summary>
    public void EndWith(Func<IReadOnlyList<DataPlaneEnvelope>> last) => Volatile.Write(ref _last, last);

    /// <summary>Runs until the queue is closed and all events in it and in the outbox are settled.</summary>
    public void Work(WorkerThread worker)
    {
        var continues = true;
        while (continues)
        {
            if (!_state.Faults.Guard(() => continues = TryStep(worker)))
            {
                // The same events might make it throw again, forever.
                _state.Faults.Guard(DropInFlight);
                _state.Faults.Guard(() => Pause(worker, _backoff.Next()));
            }
        }
    }

    /// <summary>Abandons the events in flight and in the queue: counts them as dropped or writes them to the outbox.</summary>
    public void Abandon()
    {
        var left = _inFlight.Abandon();
        _queue.Take(left, int.MaxValue);
        DropOrStore(left);
        if (_spillover is not null && _queue.Count == 0 && !_isAccounting && TryAddLast())
        {
            // Nothing can be delivered any more, but the outbox keeps the last account as it keeps the events.
            left.Clear();
            _queue.Take(left, int.MaxValue);
            DropOrStore(left);
        }
    }

    private void DropOrStore(List<QueuedEnvelope> left)
    {
        if (_spillover is null)
        {
            _state.Drop(left, 0, DropReasons.Shutdown);
        }
        else if (left.Count > 0)
        {
            var (accepted, reason) = _spillover.WriteAtEnd(left, _outboxPatience);
            _state.Drop(left, accepted, reason);
        }

        _queue.Settle(left);
    }

    /// <summary>Adds the last events to the queue, if there are any.</summary>
    private bool TryAddLast()
    {
        if (Volatile.Read(ref _last)?.Invoke() is not { Count: > 0 } last)
        {
            return false;
        }

        _queue.AddLast(last);
        return true;
    }

    /// <returns>False at the end.</returns>
    private bool TryStep(WorkerThread worker)
    {
        if (!TryFill(worker))
        {
            return false;
        }

        Deliver(worker);
        return true;
    }

    /// <summary>Gets events to deliver: from the outbox first, if it has any, because they are older.</summary>
    /// <returns>False at the end.</returns>
    private bool TryFill(WorkerThread worker)
    {
        while (true)
        {
            // Read before the queue, so that events added before it was closed are still found.
            var isClosed = _queue.IsClosed;
            bool isAbandoned;
            List<QueuedEnvelope> stored = [];
            using (_spillover?.Enter())
            {
                _spillover?.Read(stored);
                isAbandoned = !_inFlight.TryFill(stored, _queue, _batchSize);
            }

            if (isAbandoned)
            {
                // The last events may have been added too late to be abandoned with the others.
                Abandon();
                return false;
            }

            if (!_inFlight.IsEmpty)
            {
                return true;
            }

            if (isClosed)
            {
                if (!TryAddLast())
                {
                    return false;
                }

                continue;
            }

            _queue.WaitForEvents(worker);
        }
    }

    private void Deliver(WorkerThread worker)
    {
        while (_inFlight.TryBegin(out var start, out var batch))
        {
            var answer = _backplane.Publish(batch, worker);
            if (TryAccount(start, answer) is not { } result)
            {
                return;
            }

            if (!result.Waits)
            {
                continue;
            }

            if (_spillover is not null)
            {
                MoveToOutbox(_spillover, result.Decision == RetryPlanner.RetryDecision.DestinationIsDown);
            }

            if (result.Decision != RetryPlanner.RetryDecision.SomeFailed)
            {
                Pause(worker, _backoff.Next());
            }
            else
            {
                Pause(worker, _backoff.After(Math.Max(1, result.MostFailures)));
            }

            if (_spillover is null && result.Decision == RetryPlanner.RetryDecision.SomeFailed)
            {
                _inFlight.Refill(_queue, _batchSize);
            }
        }
    }

    /// <summary>Counts what an attempt has settled.</summary>
    /// <returns>Null if the worker was abandoned, which has accounted for all events.</returns>
    private AttemptResult? TryAccount(int start, in BatchAnswer answer)
    {
        _isAccounting = true;
        try
        {
            var result = _inFlight.TryApply(start, answer, hasOutbox: _spillover is not null);
            if (result is not null)
            {
                Account(result, answer.Error);
            }

            return result;
        }
        finally
        {
            _isAccounting = false;
        }
    }

    private void Account(AttemptResult result, Exception? error)
    {
        if (result.Delivered.Count > 0)
        {
            _backoff.Reset();
            _state.CountDelivered(result.Delivered);
        }

        if (result.Left > 0)
        {
            _state.OnFailed(error, result.Left);
        }
        else
        {
            _state.OnSucceeded(error);
        }

        _state.Drop(result.Rejected, 0, DropReasons.Rejected);
        Settle(result.Settled);
        if (result.Exhausted.Count == 0)
        {
            return;
        }

        if (_spillover is not null)
        {
            Postpone(_spillover, result.Exhausted);
        }
        else
        {
            _state.Drop(result.Exhausted, 0, DropReasons.RetriesExhausted);
            _queue.Settle(result.Exhausted);
        }
    }

    private void Settle(List<QueuedEnvelope> settled)
    {
        if (_inFlight.AreFromOutbox)
        {
            _spillover!.Remove(settled);
        }
        else
        {
            _queue.Settle(settled);
        }
    }

    /// <summary>
    /// Writes events that could not be delivered to the outbox, so that they are read from there before all newer ones. Events that the outbox refuses stay
    /// in flight, and are dropped when they would be without an outbox.
    /// </summary>
    private void MoveToOutbox(OutboxSpillover spillover, bool isDown)
    {
        using (spillover.Enter())
        {
            var left = _inFlight.TakeAll();
            if (left.Count == 0 && isDown && spillover.HasRefused)
            {
                // The events in flight are in the outbox already, so events that the outbox refused would wait for as long as the destination is down.
                _queue.Take(left, _batchSize);
            }

            if (left.Count > 0)
            {
                Keep(spillover, left, isDown);
            }
        }

        spillover.SignalIfNeeded();
    }

    private void Keep(OutboxSpillover spillover, List<QueuedEnvelope> left, bool isDown)
    {
        var (accepted, reason) = spillover.Write(left);
        if (accepted < left.Count && !isDown && _inFlight.TryReturn(left.Skip(accepted)))
        {
            left.RemoveRange(accepted, left.Count - accepted);
        }

        _state.Drop(left, accepted, reason);
        _queue.Settle(left);
    }

    /// <summary>Leaves an event that fails repeatedly in the outbox, so that it does not delay the others.</summary>
    private void Postpone(OutboxSpillover spillover, List<QueuedEnvelope> exhausted)
    {
        using (spillover.Enter())
        {
            var accepted = exhausted.Count;
            if (!_inFlight.AreFromOutbox)
            {
                (accepted, _) = spillover.Write(exhausted);
                _state.Drop(exhausted, accepted, DropReasons.RetriesExhausted);
                _queue.Settle(exhausted);
            }

            spillover.Postpone(exhausted.Take(accepted));
        }
    }

    /// <summary>Counts the events in flight as dropped after a step has failed.</summary>
    private void DropInFlight()
    {
        var left = _inFlight.TakeAll();
        _state.Drop(left, 0, DropReasons.InternalError);
        _queue.Settle(left);
    }

    private void Pause(WorkerThread worker, TimeSpan delay)
    {
        try
        {
            worker.Wait(Task.Delay(delay, _time, _abort));
        }
        catch (OperationCanceledException)
        {
            // The worker was abandoned: the next step detects it.
        }
    }
}
