namespace ExperimentFramework.DataPlane;

/// <summary>
/// The events on their way to one destination, oldest first. Its worker moves them on, and the end may take them from it: whoever takes them accounts
/// for them. Nothing that may call the application's code runs while the lock is held.
/// </summary>
internal sealed class EventsInFlight(RetryPlanner attempts)
{
    private readonly Lock _lock = new();
    private readonly List<QueuedEnvelope> _events = [];
    private bool _areFromOutbox;
    private bool _isAbandoned;

    /// <summary>For the worker: whether there are any.</summary>
    public bool IsEmpty => _events.Count == 0;

    /// <summary>For the worker: whether they are in the outbox, and not in the queue.</summary>
    public bool AreFromOutbox => _areFromOutbox;

    /// <summary>Takes events over: those that were read from the outbox or, where there are none, from the queue.</summary>
    /// <returns>False after the end.</returns>
    public bool TryFill(List<QueuedEnvelope> stored, DeliveryQueue queue, int max)
    {
        lock (_lock)
        {
            if (_isAbandoned)
            {
                return false;
            }

            _areFromOutbox = stored.Count > 0;
            if (_areFromOutbox)
            {
                _events.AddRange(stored);
            }
            else
            {
                queue.Take(_events, max);
            }

            return true;
        }
    }

    /// <summary>Chooses what to try next.</summary>
    /// <returns>False where there is nothing, or after the end.</returns>
    public bool TryBegin(out int start, out DataPlaneEnvelope[] batch)
    {
        lock (_lock)
        {
            start = 0;
            batch = [];
            if (_isAbandoned || _events.Count == 0)
            {
                return false;
            }

            (start, var count) = attempts.Next(_events.Count);
            batch = new DataPlaneEnvelope[count];
            for (var i = 0; i < count; i++)
            {
                batch[i] = _events[start + i].Envelope;
            }

            return true;
        }
    }

    /// <summary>Takes out what an attempt has settled, and what has been tried as often as it may.</summary>
    /// <param name="start">The place of the first event that was tried.</param>
    /// <param name="answer">What became of them.</param>
    /// <param name="hasOutbox">Whether the events of a destination that is down are kept.</param>
    /// <returns>Null after the end, which has accounted for all of them.</returns>
    public AttemptResult? TryConclude(int start, in BatchAnswer answer, bool hasOutbox)
    {
        lock (_lock)
        {
            if (_isAbandoned)
            {
                return null;
            }

            var conclusion = new AttemptResult();
            for (var i = 0; i < answer.Statuses.Length; i++)
            {
                Conclude(_events[start + i], answer.Statuses[i], conclusion);
            }

            conclusion.Left = answer.Statuses.Length - conclusion.Settled.Count;
            Remove(conclusion.Settled);
            conclusion.Decision = attempts.Evaluate(answer.Statuses.Length, conclusion.Left, _events.Count);
            var exhausted = conclusion.Decision switch
            {
                RetryPlanner.RetryDecision.FirstIsPoison => 1,
                RetryPlanner.RetryDecision.DestinationIsDown when !hasOutbox => _events.Count,
                _ => 0,
            };
            conclusion.Exhausted.AddRange(_events.GetRange(0, exhausted));
            _events.RemoveRange(0, exhausted);
            return conclusion;
        }
    }

    /// <summary>Takes out all that have to be accounted for: those in the outbox stay there.</summary>
    public List<QueuedEnvelope> TakeAll()
    {
        lock (_lock)
        {
            List<QueuedEnvelope> all = _areFromOutbox ? [] : [.. _events];
            _events.Clear();
            return all;
        }
    }

    /// <summary>Takes events back.</summary>
    /// <returns>False after the end.</returns>
    public bool TryReturn(IEnumerable<QueuedEnvelope> events)
    {
        lock (_lock)
        {
            if (!_isAbandoned)
            {
                _events.AddRange(events);
            }

            return !_isAbandoned;
        }
    }

    /// <summary>Takes out all, and refuses the worker every further step.</summary>
    public List<QueuedEnvelope> Abandon()
    {
        lock (_lock)
        {
            _isAbandoned = true;
            return TakeAll();
        }
    }

    private static void Conclude(QueuedEnvelope queued, DeliveryStatus status, AttemptResult conclusion)
    {
        switch (status)
        {
            case DeliveryStatus.Delivered:
                conclusion.Delivered++;
                conclusion.Settled.Add(queued);
                break;
            case DeliveryStatus.PermanentFailure:
                conclusion.Rejected.Add(queued);
                conclusion.Settled.Add(queued);
                break;
        }
    }

    private void Remove(List<QueuedEnvelope> settled)
    {
        if (settled.Count == _events.Count)
        {
            _events.Clear();
        }
        else if (settled.Count > 0)
        {
            var positions = settled.Select(queued => queued.Position).ToHashSet();
            _events.RemoveAll(queued => positions.Contains(queued.Position));
        }
    }
}
