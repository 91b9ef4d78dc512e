namespace ExperimentFramework.DataPlane;

/// <summary>Delivers the queue of one destination: takes batches and tries them until they are settled.</summary>
internal sealed class DestinationWorker
{
    private readonly DeliveryQueue _queue;
    private readonly OutboxSpillover? _spillover;
    private readonly DestinationStatus _state;
    private readonly TimeLimitedBackplane _caller;
    private readonly EventsInFlight _inFlight;
    private readonly Backoff _backoff;
    private readonly int _batchSize;
    private readonly TimeProvider _time;
    private readonly CancellationToken _abort;

    public DestinationWorker(
        DeliveryQueue queue,
        OutboxSpillover? overflow,
        DestinationStatus state,
        TimeLimitedBackplane caller,
        DestinationSettings settings,
        TimeProvider time,
        CancellationToken abort)
    {
        _queue = queue;
        _spillover = overflow;
        _state = state;
        _caller = caller;
        _inFlight = new EventsInFlight(new RetryPlanner(settings.BatchSize, settings.MaxAttempts));
        _backoff = new Backoff(settings.BaseDelay, settings.MaxDelay, settings.Random);
        _batchSize = settings.BatchSize;
        _time = time;
        _abort = abort;
    }

    /// <summary>Works until the queue is closed and everything in it and in the outbox is settled.</summary>
    public void Work(WorkerThread worker)
    {
        var goesOn = true;
        while (goesOn)
        {
            if (!_state.Faults.Guard(() => goesOn = TryStep(worker)))
            {
                // The same events might make it throw again, and for ever.
                _state.Faults.Guard(DropInFlight);
                _state.Faults.Guard(() => Pause(worker));
            }
        }
    }

    /// <summary>Gives up what is on its way and in the queue: counts it as dropped or puts it into the outbox.</summary>
    public void Abandon()
    {
        var left = _inFlight.Abandon();
        _queue.Take(left, int.MaxValue);
        if (_spillover is null)
        {
            _state.Drop(left, 0, DropReasons.Shutdown);
        }
        else if (left.Count > 0)
        {
            var (accepted, reason) = _spillover.Write(left);
            _state.Drop(left, accepted, reason);
        }

        _queue.Settle(left);
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

    /// <summary>Gets events to deliver: from the outbox, where there are any, because they are older.</summary>
    /// <returns>False at the end.</returns>
    private bool TryFill(WorkerThread worker)
    {
        while (true)
        {
            // Before the queue is looked into: what was added before it was closed is found then.
            var isClosed = _queue.IsClosed;
            List<QueuedEnvelope> stored = [];
            using (_spillover?.Enter())
            {
                _spillover?.Read(stored);
                if (!_inFlight.TryFill(stored, _queue, _batchSize))
                {
                    return false;
                }
            }

            if (!_inFlight.IsEmpty)
            {
                return true;
            }

            if (isClosed)
            {
                return false;
            }

            _queue.WaitForEvents(worker);
        }
    }

    private void Deliver(WorkerThread worker)
    {
        while (_inFlight.TryBegin(out var start, out var batch))
        {
            var answer = _caller.Publish(batch, worker);
            if (_inFlight.TryConclude(start, answer, hasOutbox: _spillover is not null) is not { } conclusion)
            {
                return;
            }

            Account(conclusion, answer.Error);
            if (!conclusion.Waits)
            {
                continue;
            }

            if (_spillover is not null)
            {
                PutAway(_spillover, conclusion.Decision == RetryPlanner.RetryDecision.DestinationIsDown);
            }

            Pause(worker);
        }
    }

    private void Account(AttemptResult conclusion, Exception? error)
    {
        if (conclusion.Delivered > 0)
        {
            _backoff.Reset();
        }

        _state.CountDelivered(conclusion.Delivered);
        if (conclusion.Left > 0)
        {
            _state.OnFailed(error, conclusion.Left);
        }
        else
        {
            _state.OnSucceeded(error);
        }

        _state.Drop(conclusion.Rejected, 0, DropReasons.Rejected);
        Settle(conclusion.Settled);
        if (conclusion.Exhausted.Count == 0)
        {
            return;
        }

        if (_spillover is not null)
        {
            Postpone(_spillover, conclusion.Exhausted);
        }
        else
        {
            _state.Drop(conclusion.Exhausted, 0, DropReasons.RetriesExhausted);
            _queue.Settle(conclusion.Exhausted);
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
    /// Puts what could not be delivered into the outbox, to be read again from there behind nothing that is younger. What the outbox refuses stays on
    /// its way, and is dropped when it would be without an outbox.
    /// </summary>
    private void PutAway(OutboxSpillover overflow, bool isDown)
    {
        using (overflow.Enter())
        {
            var left = _inFlight.TakeAll();
            if (left.Count == 0 && isDown && overflow.HasRefused)
            {
                // What is tried is in the outbox already, so what the outbox refused would wait for as long as the destination is down.
                _queue.Take(left, _batchSize);
            }

            if (left.Count > 0)
            {
                Keep(overflow, left, isDown);
            }
        }

        overflow.SignalIfNeeded();
    }

    private void Keep(OutboxSpillover overflow, List<QueuedEnvelope> left, bool isDown)
    {
        var (accepted, reason) = overflow.Write(left);
        if (accepted < left.Count && !isDown && _inFlight.TryReturn(left.Skip(accepted)))
        {
            left.RemoveRange(accepted, left.Count - accepted);
        }

        _state.Drop(left, accepted, reason);
        _queue.Settle(left);
    }

    /// <summary>Leaves an event that fails again and again in the outbox, so that it does not hold up its neighbours.</summary>
    private void Postpone(OutboxSpillover overflow, List<QueuedEnvelope> exhausted)
    {
        using (overflow.Enter())
        {
            var accepted = exhausted.Count;
            if (!_inFlight.AreFromOutbox)
            {
                (accepted, _) = overflow.Write(exhausted);
                _state.Drop(exhausted, accepted, DropReasons.RetriesExhausted);
                _queue.Settle(exhausted);
            }

            overflow.Postpone(exhausted.Take(accepted));
        }
    }

    /// <summary>Counts what was on its way when a step failed.</summary>
    private void DropInFlight()
    {
        var left = _inFlight.TakeAll();
        _state.Drop(left, 0, DropReasons.InternalError);
        _queue.Settle(left);
    }

    private void Pause(WorkerThread worker)
    {
        try
        {
            worker.Wait(Task.Delay(_backoff.Next(), _time, _abort));
        }
        catch (OperationCanceledException)
        {
            // Given up: the next step sees it.
        }
    }
}
