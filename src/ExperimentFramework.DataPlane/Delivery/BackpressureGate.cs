using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Lets callers wait for capacity in the record queue, each for a limited time, first come, first served. The number of waiters is bounded; further
/// callers do not wait.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Callers may still be waiting at the end, and it holds neither a handle nor a timer.")]
internal sealed class BackpressureGate(int capacity, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Minimum number of concurrent waiters, whatever the queue's capacity.</summary>
    private const int MinWaiters = 10_000;

    private readonly int _maxWaiters = Math.Max(capacity, MinWaiters);
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _line = new();
    private readonly CancellationTokenSource _closed = new();
    private int _waiterCount;

    /// <summary>The number of callers that are waiting.</summary>
    public int Waiting => Volatile.Read(ref _waiterCount);

    /// <summary>Admits the callers that have waited longest, because slots were freed.</summary>
    public void Release(int slots)
    {
        // The slots were freed behind a full fence: a caller that starts to wait after this has seen them.
        for (; slots > 0 && Waiting > 0 && TakeFirst() is { } first; slots--)
        {
            first.TrySetResult();
        }
    }

    /// <summary>Ends all waits.</summary>
    public void Close() => _closed.Cancel();

    /// <summary>Reserves one of the waiter slots, which the following wait releases.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _waiterCount) <= _maxWaiters)
        {
            return true;
        }

        Interlocked.Decrement(ref _waiterCount);
        return false;
    }

    /// <summary>Blocks the calling thread until the attempt succeeds. Call <see cref="TryEnter"/> first.</summary>
    /// <returns>False if the time limit elapsed, the wait was canceled, or the queue was closed.</returns>
    public bool Wait(Func<bool> attempt, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = Limit(cancellationToken, out var timer);
            using (timer)
            {
                while (true)
                {
                    using var ticket = new Ticket(this, TaskCreationOptions.None);
                    if (attempt())
                    {
                        return true;
                    }

                    // A task wakes its waiter without a thread of the pool, and the pool is notified that one of its threads is blocked.
                    ticket.IsAdmitted.Wait(limit.Token);
                    ticket.IsUsed = true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return attempt();
        }
        finally
        {
            Interlocked.Decrement(ref _waiterCount);
        }
    }

    /// <summary>Waits until the attempt succeeds. Call <see cref="TryEnter"/> first.</summary>
    /// <returns>False if the time limit elapsed, the wait was canceled, or the queue was closed.</returns>
    public async Task<bool> WaitAsync(Func<bool> attempt, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = Limit(cancellationToken, out var timer);
            using (timer)
            {
                while (true)
                {
                    using var ticket = new Ticket(this, TaskCreationOptions.RunContinuationsAsynchronously);
                    if (attempt())
                    {
                        return true;
                    }

                    await ticket.IsAdmitted.WaitAsync(limit.Token).ConfigureAwait(false);
                    ticket.IsUsed = true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return attempt();
        }
        finally
        {
            Interlocked.Decrement(ref _waiterCount);
        }
    }

    private TaskCompletionSource? TakeFirst()
    {
        lock (_lock)
        {
            if (_line.First is not { } first)
            {
                return null;
            }

            _line.Remove(first);
            return first.Value;
        }
    }

    private CancellationTokenSource Limit(CancellationToken cancellationToken, out CancellationTokenSource timer)
    {
        timer = new CancellationTokenSource(timeout, time);
        return CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _closed.Token, cancellationToken);
    }

    /// <summary>A place in the line. It is taken before the attempt, so that capacity freed after the attempt is not missed.</summary>
    private sealed class Ticket : IDisposable
    {
        private readonly BackpressureGate _owner;
        private readonly TaskCompletionSource _admitted;
        private readonly LinkedListNode<TaskCompletionSource> _node;

        public Ticket(BackpressureGate owner, TaskCreationOptions options)
        {
            _owner = owner;
            _admitted = new TaskCompletionSource(options);
            lock (owner._lock)
            {
                _node = owner._line.AddLast(_admitted);
            }
        }

        public Task IsAdmitted => _admitted.Task;

        /// <summary>Whether the caller has tried again after it was admitted.</summary>
        public bool IsUsed { get; set; }

        public void Dispose()
        {
            var wasAdmitted = false;
            lock (_owner._lock)
            {
                if (_node.List is null)
                {
                    wasAdmitted = true;
                }
                else
                {
                    _owner._line.Remove(_node);
                }
            }

            if (wasAdmitted && !IsUsed)
            {
                // Pass the turn on to the next caller.
                _owner.Release(1);
            }
        }
    }
}
