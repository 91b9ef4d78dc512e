using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Callers that wait for room in the record queue, each at most for a time, first come first served. Bounded: where too many wait already, the next does
/// not.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Callers may still be waiting at the end, and it holds neither a handle nor a timer.")]
internal sealed class BackpressureGate(int capacity, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Minimum number of concurrent waiters, whatever the queue's capacity.</summary>
    private const int MinWaiters = 10_000;

    private readonly int _places = Math.Max(capacity, MinWaiters);
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _line = new();
    private readonly CancellationTokenSource _closed = new();
    private int _waiting;

    /// <summary>How many callers wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Lets those that have waited longest try again, because places were freed.</summary>
    public void Release(int places)
    {
        // The places were freed behind a full fence: who begins to wait after this has seen them.
        for (; places > 0 && Waiting > 0 && TakeFirst() is { } first; places--)
        {
            first.TrySetResult();
        }
    }

    /// <summary>Ends every wait.</summary>
    public void Close() => _closed.Cancel();

    /// <summary>Takes a place among those that wait, which a wait gives back.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _waiting) <= _places)
        {
            return true;
        }

        Interlocked.Decrement(ref _waiting);
        return false;
    }

    /// <summary>Waits on the calling thread until the attempt succeeds; must be entered.</summary>
    /// <returns>False where the time was over before, the wait was cancelled or the queue closed.</returns>
    public bool Wait(Func<bool> attempt, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = Limit(cancellationToken, out var timer);
            using (timer)
            {
                while (true)
                {
                    using var turn = new Ticket(this, TaskCreationOptions.None);
                    if (attempt())
                    {
                        return true;
                    }

                    // A task wakes its waiter without a thread of the pool, and the pool is notified that one of its threads is blocked.
                    turn.IsAdmitted.Wait(limit.Token);
                    turn.IsUsed = true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return attempt();
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Waits until the attempt succeeds; must be entered.</summary>
    /// <returns>False where the time was over before, the wait was cancelled or the queue closed.</returns>
    public async Task<bool> WaitAsync(Func<bool> attempt, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = Limit(cancellationToken, out var timer);
            using (timer)
            {
                while (true)
                {
                    using var turn = new Ticket(this, TaskCreationOptions.RunContinuationsAsynchronously);
                    if (attempt())
                    {
                        return true;
                    }

                    await turn.IsAdmitted.WaitAsync(limit.Token).ConfigureAwait(false);
                    turn.IsUsed = true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return attempt();
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
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

    /// <summary>A place in the line, taken before the attempt, so that what is freed after it is not missed.</summary>
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

        /// <summary>Whether the caller tries again because its turn came.</summary>
        public bool IsUsed { get; set; }

        public void Dispose()
        {
            var hasCome = false;
            lock (_owner._lock)
            {
                if (_node.List is null)
                {
                    hasCome = true;
                }
                else
                {
                    _owner._line.Remove(_node);
                }
            }

            if (hasCome && !IsUsed)
            {
                // Its turn is the next one's.
                _owner.Release(1);
            }
        }
    }
}
