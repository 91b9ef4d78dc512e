namespace ExperimentFramework.DataPlane.Redis;

/// <summary>The options of <see cref="RedisAssignmentStore"/>. Validated at start-up.</summary>
public sealed class RedisAssignmentStoreOptions
{
    /// <summary>
    /// The connection string in the format of StackExchange.Redis, for example <c>redis-1:6379,redis-2:6379,password=secret,ssl=true</c>.
    /// <see cref="DataPlaneOptions.StoreTimeout"/> takes precedence over timeouts in it. Required.
    /// </summary>
    public string Configuration { get; set; } = "";

    /// <summary>The prefix of all keys; must not be empty. Default: <c>dataplane:assignment:</c>.</summary>
    public string KeyPrefix { get; set; } = "dataplane:assignment:";

    /// <summary>
    /// How long an assignment is kept after it was made: at least one minute; null to keep it forever. Hosts that serve the subject
    /// write it again when it has expired. Default: 90 days.
    /// </summary>
    public TimeSpan? TimeToLive { get; set; } = TimeSpan.FromDays(90);
}
