namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>The time left for one call, shared by all of its waits.</summary>
internal readonly struct Deadline(TimeProvider time, TimeSpan timeout)
{
    private readonly long _startedAt = time.GetTimestamp();

    public TimeSpan Remaining => timeout - time.GetElapsedTime(_startedAt);
}
