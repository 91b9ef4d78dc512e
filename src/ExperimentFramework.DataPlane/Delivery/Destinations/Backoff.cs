namespace ExperimentFramework.DataPlane;

/// <summary>
/// Computes the delays between attempts: exponential backoff with full jitter. The delay after failure n is drawn uniformly from zero to
/// min(max, base * 2^(n-1)).
/// </summary>
/// <remarks>M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.</remarks>
internal sealed class Backoff(TimeSpan baseDelay, TimeSpan maxDelay, Random random)
{
    private int _failures;

    /// <summary>Returns the delay after one more failure.</summary>
    public TimeSpan Next() => After(++_failures);

    /// <summary>Returns the delay after a number of failures, at least 1, whatever has been recorded.</summary>
    public TimeSpan After(int failures)
    {
        // The bound reaches its maximum long before the power leaves the range of a double.
        var bound = Math.Min(maxDelay.Ticks, baseDelay.Ticks * Math.Pow(2, Math.Min(failures - 1, 62)));
        return TimeSpan.FromTicks((long)(bound * random.NextDouble()));
    }

    /// <summary>Records a success: the next delay is a first one again.</summary>
    public void Reset() => _failures = 0;
}
