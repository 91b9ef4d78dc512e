namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>The options of the SQLite outbox. Validated at startup.</summary>
public sealed class SqliteOutboxOptions
{
    /// <summary>
    /// The maximum size of the stored events in bytes, for all destinations together; the file is somewhat larger. From 4,096 to
    /// 1,099,511,627,776 (1 TiB). Events that exceed it are dropped and counted as <c>outbox_full</c>. Default:
    /// 268,435,456 (256 MiB).
    /// </summary>
    public long MaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// The maximum age of a stored event: more than zero and at most 365 days. Older events are dropped and counted as
    /// <c>outbox_expired</c>. Default: 7 days.
    /// </summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(7);
}
