namespace ExperimentFramework.DataPlane.Redis;

/// <summary>The options of <see cref="RedisAssignmentStore"/>. Checked when the store is made.</summary>
public sealed class RedisAssignmentStoreOptions
{
    /// <summary>
    /// Where Redis is, in the notation of StackExchange.Redis, for example <c>redis-1:6379,redis-2:6379,password=secret,ssl=true</c>.
    /// Timeouts in it give way to <see cref="DataPlaneOptions.StoreTimeout"/>. Required.
    /// </summary>
    public string Configuration { get; set; } = "";

    /// <summary>What every key begins with. Default: <c>dataplane:assignment:</c>.</summary>
    public string KeyPrefix { get; set; } = "dataplane:assignment:";

    /// <summary>
    /// How long an assignment is kept from when it was made: at least one minute; null for ever. Hosts that serve the subject
    /// write it again when it has gone. Default: 90 days.
    /// </summary>
    public TimeSpan? TimeToLive { get; set; } = TimeSpan.FromDays(90);
}
