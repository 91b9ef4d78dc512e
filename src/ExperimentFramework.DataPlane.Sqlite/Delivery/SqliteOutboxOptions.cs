namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>How much the durable outbox keeps, and for how long.</summary>
public sealed class SqliteOutboxOptions
{
    /// <summary>
    /// How many bytes of events are kept at most, for all destinations together; the file is somewhat larger. From 4,096 to
    /// 1,099,511,627,776 (1 TiB). An event that there is no room for is dropped and counted as <c>outbox_full</c>. Default:
    /// 268,435,456 (256 MiB).
    /// </summary>
    public long MaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// How long an event is kept at most: more than zero and at most 365 days. An older one is dropped and counted as
    /// <c>outbox_expired</c>. Default: 7 days.
    /// </summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(7);
}
