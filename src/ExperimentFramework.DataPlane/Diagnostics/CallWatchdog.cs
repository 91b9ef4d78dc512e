using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>Detects a call into application code that does not return, so that health can name it: a blocked thread cannot be interrupted.</summary>
/// <param name="member">The display name of the member that is called.</param>
/// <param name="time">The clock.</param>
internal sealed class CallWatchdog(string member, TimeProvider time)
{
    /// <summary>A call that takes longer delays delivery noticeably.</summary>
    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(5);

    private long _startedAt;

    /// <summary>A sentence for operators about the blocking call; null if there is none.</summary>
    public string? DegradedReason => Volatile.Read(ref _startedAt) is var startedAt and not 0 && time.GetElapsedTime(startedAt) is var elapsed && elapsed >= MaxDuration
        ? string.Create(CultureInfo.InvariantCulture, $"{member} has not returned for {elapsed.TotalSeconds:0} s; no event is delivered until it returns.")
        : null;

    /// <summary>Runs the call. Of several concurrent calls, only the first is watched.</summary>
    public T Run<T>(Func<T> call)
    {
        var startedAt = time.GetTimestamp();
        var isWatched = Interlocked.CompareExchange(ref _startedAt, startedAt, 0) == 0;
        try
        {
            return call();
        }
        finally
        {
            if (isWatched)
            {
                Volatile.Write(ref _startedAt, 0);
            }
        }
    }
}
