using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>Notices a call of the application's code that does not return, so that health can name it: a thread that it blocks cannot be interrupted.</summary>
/// <param name="member">The member that is called, for people.</param>
/// <param name="time">The clock.</param>
internal sealed class CallWatchdog(string member, TimeProvider time)
{
    /// <summary>A call that takes longer holds up delivery.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private long _begunAt;

    /// <summary>What is wrong, for an operator; null for nothing.</summary>
    public string? DegradedReason => Volatile.Read(ref _begunAt) is var begunAt and not 0 && time.GetElapsedTime(begunAt) is var blocking && blocking >= Longest
        ? string.Create(CultureInfo.InvariantCulture, $"{member} has not returned for {blocking.TotalSeconds:0} s, and no event is delivered before it does.")
        : null;

    /// <summary>Makes the call. Of several at once the first one is watched.</summary>
    public T Run<T>(Func<T> call)
    {
        var begunAt = time.GetTimestamp();
        var isWatched = Interlocked.CompareExchange(ref _begunAt, begunAt, 0) == 0;
        try
        {
            return call();
        }
        finally
        {
            if (isWatched)
            {
                Volatile.Write(ref _begunAt, 0);
            }
        }
    }
}
