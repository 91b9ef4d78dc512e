namespace ExperimentFramework.DataPlane;

/// <summary>
/// Signals the reader when a batch may be full. Threads signal when they lease slots; each single commit is signaled only while
/// the reader has armed it.
/// </summary>
internal sealed class BatchFullSignal(int batchSize, AsyncAutoResetEvent wake)
{
    private const int Disarmed = 0;
    private const int Armed = 1;
    private const int Closed = 2;

    private int _state = Disarmed;
    private Action? _closed;

    /// <summary>Whether <see cref="Committed"/> must be called after a commit.</summary>
    public bool IsArmed => Volatile.Read(ref _state) != Disarmed;

    /// <summary>
    /// Makes every commit signal the reader. Each commit before the call is visible to the reader after it, and each later one signals:
    /// the process-wide barrier on the reader's side makes one on the writers' side unnecessary.
    /// </summary>
    public void Arm()
    {
        if (Interlocked.CompareExchange(ref _state, Armed, Disarmed) == Disarmed)
        {
            Interlocked.MemoryBarrierProcessWide();
        }
    }

    /// <summary>Makes only leases signal the reader again. Has no effect after <see cref="Close"/>.</summary>
    public void Disarm() => Interlocked.CompareExchange(ref _state, Disarmed, Armed);

    /// <summary>Makes every later commit call <paramref name="committed"/> instead of signaling the reader.</summary>
    public void Close(Action committed)
    {
        Volatile.Write(ref _closed, committed);
        Interlocked.Exchange(ref _state, Closed);
        Interlocked.MemoryBarrierProcessWide();
    }

    public void Leased(QueueCredits credits)
    {
        if (credits.Capacity - credits.Free >= batchSize)
        {
            wake.Set();
        }
    }

    public void Committed()
    {
        if (Volatile.Read(ref _closed) is { } closed)
        {
            closed();
        }
        else
        {
            wake.Set();
        }
    }
}
