namespace ExperimentFramework.DataPlane;

/// <summary>
/// Whether a component is failing, so that only a change of state is logged and not every call. A component has recovered when it
/// has worked for a minute without a failure: a series of calls that fail now and then is one fault.
/// </summary>
internal sealed class FaultLatch(TimeProvider time)
{
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromMinutes(1);

    private int _isFailing;
    private long _lastFault;
    private long _workedAt;

    /// <summary>Whether the component is failing, or has not worked for long enough since its last failure.</summary>
    public bool IsFailing => Volatile.Read(ref _isFailing) != 0;

    /// <summary>Records a failure.</summary>
    /// <returns>True if the component was healthy before.</returns>
    public bool Trip()
    {
        // If the component was not called for a while after it worked, its recovery has not been noticed yet.
        var workedAt = Interlocked.Exchange(ref _workedAt, 0);
        var hasRecovered = workedAt != 0 && time.GetElapsedTime(workedAt) >= QuietPeriod;
        Volatile.Write(ref _lastFault, time.GetTimestamp());
        return Interlocked.Exchange(ref _isFailing, 1) == 0 || hasRecovered;
    }

    /// <summary>Records that the component works.</summary>
    /// <returns>True if the component has just recovered.</returns>
    public bool Reset()
    {
        if (!IsFailing)
        {
            return false;
        }

        if (Volatile.Read(ref _workedAt) == 0)
        {
            Interlocked.CompareExchange(ref _workedAt, time.GetTimestamp(), 0);
        }

        return time.GetElapsedTime(Volatile.Read(ref _lastFault)) >= QuietPeriod && Interlocked.Exchange(ref _isFailing, 0) != 0;
    }
}
