namespace ExperimentFramework.DataPlane.Redis;

/// <summary>The ranges of <c>RedisAssignmentStoreOptions</c>. Compiled into the analyzers too.</summary>
internal static class RedisAssignmentStoreOptionRanges
{
    public static readonly OptionRange<TimeSpan> TimeToLive = OptionRange<TimeSpan>.AtLeast(TimeSpan.FromMinutes(1));
}
