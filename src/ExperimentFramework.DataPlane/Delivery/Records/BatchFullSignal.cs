namespace ExperimentFramework.DataPlane;

/// <summary>
/// Tells the reader when a batch may be full. Threads tell it when they lease places; each single commit is told only while
/// the reader asks for it.
/// </summary>
internal sealed class BatchFullSignal(int batchSize, AsyncAutoResetEvent wake)
{
    private const int Disarmed = 0;
    private const int Armed = 1;
    private const int Closed = 2;

    private int _state = Disarmed;
    private Action? _closed;

    /// <summary>Whether <see cref="Committed"/> has to be called after a commit.</summary>
    public bool IsArmed => Volatile.Read(ref _state) != Disarmed;

    /// <summary>
    /// Asks for every commit to be told. Each commit before the call is seen by the reader after it, and each later one is told:
    /// the barrier on the side of the reader saves all writers theirs.
    /// </summary>
    public void Arm()
    {
        if (Interlocked.CompareExchange(ref _state, Armed, Disarmed) == Disarmed)
        {
            Interlocked.MemoryBarrierProcessWide();
        }
    }

    /// <summary>Asks for no more than leases to be told. Changes nothing after the end.</summary>
    public void Disarm() => Interlocked.CompareExchange(ref _state, Disarmed, Armed);

    /// <summary>From now on every commit is told, to <paramref name="committed"/>.</summary>
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
