namespace ExperimentFramework.DataPlane;

/// <summary>
/// The events that are being delivered to one destination, oldest first. Its worker processes them, and shutdown may take them away: the one that takes events must
/// account for them. No code that may call the application runs while the lock is held.
/// </summary>
/// <param name="planner">Decides which events to try next.</param>
/// <param name="maxAttempts">The number of attempts of an event while later ones are delivered.</param>
internal sealed class EventsInFlight(RetryPlanner planner, int maxAttempts)
{
    private readonly Lock _lock = new();
    private readonly List<QueuedEnvelope> _events = [];

    /// <summary>How often events failed while later ones of the same attempt were delivered, by position.</summary>
    private readonly Dictionary<long, int> _failures = [];
    private bool _areFromOutbox;
    private bool _isAbandoned;

    /// <summary>For the worker: whether there are no events.</summary>
    public bool IsEmpty => _events.Count == 0;

    /// <summary>For the worker: whether the events are stored in the outbox, and not in the queue.</summary>
    public bool AreFromOutbox => _areFromOutbox;

    /// <summary>Adds the events that were read from the outbox or, if there are none, events from the queue.</summary>
    /// <returns>False after <see cref="Abandon"/>.</returns>
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

            ForgetFailuresOfOthers();
            return true;
        }
    }

    /// <summary>Adds events from the queue to those that are tried again.</summary>
    public void Refill(DeliveryQueue queue, int max)
    {
        lock (_lock)
        {
            if (!_isAbandoned && _events.Count < max)
            {
                queue.Take(_events, max - _events.Count);
            }
        }
    }

    /// <summary>Selects the events to try next.</summary>
    /// <returns>False if there are no events, or after <see cref="Abandon"/>.</returns>
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

            (start, var count) = planner.Next(_events.Count);
            batch = new DataPlaneEnvelope[count];
            for (var i = 0; i < count; i++)
            {
                batch[i] = _events[start + i].Envelope;
            }

            return true;
        }
    }

    /// <summary>Removes the events that an attempt has settled, and those whose attempts are exhausted.</summary>
    /// <param name="start">The index of the first event that was tried.</param>
    /// <param name="answer">The destination's answer.</param>
    /// <param name="hasOutbox">Whether events are kept in an outbox while the destination is down.</param>
    /// <returns>The result; null after <see cref="Abandon"/>, which has accounted for all events.</returns>
    public AttemptResult? TryApply(int start, in BatchAnswer answer, bool hasOutbox)
    {
        lock (_lock)
        {
            if (_isAbandoned)
            {
                return null;
            }

            var result = new AttemptResult();
            List<QueuedEnvelope> passed = [];
            var lastDelivered = Array.LastIndexOf(answer.Statuses, DeliveryStatus.Delivered);
            for (var i = 0; i < answer.Statuses.Length; i++)
            {
                if (!TryApply(_events[start + i], answer.Statuses[i], result) && i < lastDelivered)
                {
                    // Later ones may not have been tried: some destinations stop at the first that fails.
                    passed.Add(_events[start + i]);
                }
            }

            var settled = result.Settled;
            result.Left = answer.Statuses.Length - settled.Count;
            Remove(settled);
            result.Decision = planner.Evaluate(answer.Statuses.Length, result.Left, result.Delivered.Count, _events.Count);
            if (result.Decision == RetryPlanner.RetryDecision.SomeFailed)
            {
                CountFailures(passed, result);
                return result;
            }

            var exhausted = result.Decision switch
            {
                RetryPlanner.RetryDecision.FirstIsPoison => 1,
                RetryPlanner.RetryDecision.DestinationIsDown when !hasOutbox => _events.Count,
                _ => 0,
            };
            result.Exhausted.AddRange(_events.GetRange(0, exhausted));
            _events.RemoveRange(0, exhausted);
            return result;
        }
    }

    /// <summary>Removes and returns all events that must be accounted for. Events from the outbox stay there.</summary>
    public List<QueuedEnvelope> TakeAll()
    {
        lock (_lock)
        {
            List<QueuedEnvelope> all = _areFromOutbox ? [] : [.. _events];
            _events.Clear();
            return all;
        }
    }

    /// <summary>Adds events back.</summary>
    /// <returns>False after <see cref="Abandon"/>.</returns>
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

    /// <summary>Removes and returns all events, and refuses every further step of the worker.</summary>
    public List<QueuedEnvelope> Abandon()
    {
        lock (_lock)
        {
            _isAbandoned = true;
            return TakeAll();
        }
    }

    private void CountFailures(List<QueuedEnvelope> passed, AttemptResult result)
    {
        foreach (var queued in passed)
        {
            var failures = _failures.GetValueOrDefault(queued.Position) + 1;
            if (failures < maxAttempts)
            {
                _failures[queued.Position] = failures;
                result.MostFailures = Math.Max(result.MostFailures, failures);
            }
            else
            {
                result.Exhausted.Add(queued);
            }
        }

        Remove(result.Exhausted);
    }

    /// <summary>Keeps the counts of the events in flight only.</summary>
    private void ForgetFailuresOfOthers()
    {
        if (_failures.Count > 0)
        {
            var positions = _events.Select(static queued => queued.Position).ToHashSet();
            foreach (var position in _failures.Keys.Where(position => !positions.Contains(position)).ToArray())
            {
                _failures.Remove(position);
            }
        }
    }

    /// <returns>False if the event failed and may be delivered later.</returns>
    private static bool TryApply(QueuedEnvelope queued, DeliveryStatus status, AttemptResult result)
    {
        switch (status)
        {
            case DeliveryStatus.Delivered:
                result.Delivered.Add(queued);
                return true;
            case DeliveryStatus.PermanentFailure:
                result.Rejected.Add(queued);
                return true;
            default:
                return false;
        }
    }

    private void Remove(List<QueuedEnvelope> settled)
    {
        if (_failures.Count > 0)
        {
            settled.ForEach(queued => _failures.Remove(queued.Position));
        }

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
