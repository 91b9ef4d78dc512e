namespace ExperimentFramework.DataPlane;

/// <summary>
/// Tells the reader when a batch may be full. Threads tell it when they lease places; each single commit is told only while
/// the reader asks for it.
/// </summary>
internal sealed class CommitWatch(int batchSize, WakeSignal wake)
{
    private volatile bool _isOn;
    private Action? _closed;

    /// <summary>Whether <see cref="Committed"/> has to be called after a commit.</summary>
    public bool IsOn => _isOn;

    /// <summary>
    /// Asks for every commit to be told. Each commit before the call is seen by the reader after it, and each later one is told:
    /// the barrier on the side of the reader saves all writers theirs.
    /// </summary>
    public void SwitchOn()
    {
        _isOn = true;
        Interlocked.MemoryBarrierProcessWide();
    }

    public void SwitchOff() => _isOn = false;

    /// <summary>From now on every commit is told, to <paramref name="committed"/>.</summary>
    public void Close(Action committed)
    {
        Volatile.Write(ref _closed, committed);
        SwitchOn();
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
