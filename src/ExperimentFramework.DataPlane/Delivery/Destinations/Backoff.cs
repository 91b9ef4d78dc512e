namespace ExperimentFramework.DataPlane;

/// <summary>
/// The waits between attempts: exponential backoff with full jitter. The wait after failure n is drawn evenly from zero to
/// min(longest, base * 2^(n-1)).
/// </summary>
/// <remarks>M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.</remarks>
internal sealed class Backoff(TimeSpan baseDelay, TimeSpan longest, Random random)
{
    private int _failures;

    /// <summary>The wait after one more failure.</summary>
    public TimeSpan Next()
    {
        // The bound is at its longest long before the power leaves the range of a double.
        var bound = Math.Min(longest.Ticks, baseDelay.Ticks * Math.Pow(2, Math.Min(_failures, 62)));
        _failures++;
        return TimeSpan.FromTicks((long)(bound * random.NextDouble()));
    }

    /// <summary>Notes a success: the next wait is a first one again.</summary>
    public void Reset() => _failures = 0;
}
