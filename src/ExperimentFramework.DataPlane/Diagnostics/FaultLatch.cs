namespace ExperimentFramework.DataPlane;

/// <summary>
/// Whether a part is failing, so that a change of state is one log line and not one per call. A part has recovered when it
/// has gone without a fault for a minute: a stream of calls that fail now and then is one fault.
/// </summary>
internal sealed class FaultLatch(TimeProvider time)
{
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromMinutes(1);

    private int _isFailing;
    private long _lastFault;
    private long _workedAt;

    /// <summary>Whether it failed last time, or has not worked for long enough since.</summary>
    public bool IsFailing => Volatile.Read(ref _isFailing) != 0;

    /// <summary>Notes a fault.</summary>
    /// <returns>True where the part was in order before.</returns>
    public bool Trip()
    {
        // Where nothing was asked of it for long after it worked, nobody has noticed that it has recovered.
        var workedAt = Interlocked.Exchange(ref _workedAt, 0);
        var hasRecovered = workedAt != 0 && time.GetElapsedTime(workedAt) >= QuietPeriod;
        Volatile.Write(ref _lastFault, time.GetTimestamp());
        return Interlocked.Exchange(ref _isFailing, 1) == 0 || hasRecovered;
    }

    /// <summary>Notes that the part works.</summary>
    /// <returns>True where it has recovered.</returns>
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
