using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Callers that wait for room in the record queue, each at most for a time. Bounded: where too many wait already, the next does
/// not.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Callers may still be waiting at the end, and neither holds a handle or a timer.")]
internal sealed class RoomWaiters(int capacity, TimeSpan timeout, TimeProvider time)
{
    /// <summary>What waits is bounded like the queue, and where that is small by this.</summary>
    private const int FewestPlaces = 10_000;

    private readonly int _places = Math.Max(capacity, FewestPlaces);
    private readonly SemaphoreSlim _room = new(0);
    private readonly CancellationTokenSource _closed = new();
    private int _waiting;

    /// <summary>How many callers wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Tells those that wait that places were freed.</summary>
    public void Freed(int places)
    {
        // The places were freed behind a full fence: who begins to wait after this has seen them.
        var waiting = Volatile.Read(ref _waiting);
        if (waiting > 0)
        {
            _room.Release(Math.Min(waiting, places));
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

    /// <summary>Waits on the calling thread until the attempt succeeds; has to be entered.</summary>
    /// <returns>False where the time was over before, the wait was cancelled or the queue closed.</returns>
    public bool Wait(Func<bool> attempt, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = Limit(cancellationToken, out var timer);
            using (timer)
            {
                while (!attempt())
                {
                    // Waiting for a task tells the thread pool that one of its threads is blocked, and it starts another: the worker that
                    // makes room, and the timer that ends the wait, need one.
                    _room.WaitAsync(limit.Token).GetAwaiter().GetResult();
                }
            }

            return true;
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

    /// <summary>Waits until the attempt succeeds; has to be entered.</summary>
    /// <returns>False where the time was over before, the wait was cancelled or the queue closed.</returns>
    public async Task<bool> WaitAsync(Func<bool> attempt, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = Limit(cancellationToken, out var timer);
            using (timer)
            {
                while (!attempt())
                {
                    await _room.WaitAsync(limit.Token).ConfigureAwait(false);
                }
            }

            return true;
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

    private CancellationTokenSource Limit(CancellationToken cancellationToken, out CancellationTokenSource timer)
    {
        timer = new CancellationTokenSource(timeout, time);
        return CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _closed.Token, cancellationToken);
    }
}
