namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The options of the PostgreSQL outbox. Validated at start-up.</summary>
public sealed class PostgreSqlOutboxOptions
{
    internal const int MaxApplicationLength = 200;


    /// <summary>
    /// The connection string in the format of Npgsql, for example <c>Host=db;Database=experiments;Username=dataplane;Password=...</c>. If it is null or empty, the
    /// registered <c>NpgsqlDataSource</c> is used.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>The key of the registered <c>NpgsqlDataSource</c>; null for the one without a key. Not used with a connection string. Default: null.</summary>
    public string? DataSourceKey { get; set; }

    /// <summary>
    /// The schema that holds the tables: 1 to 63 lower-case letters, digits and underscores, beginning with a letter or an underscore. Default:
    /// <c>dataplane</c>.
    /// </summary>
    public string Schema { get; set; } = SchemaName.Default;

    /// <summary>
    /// Whether tables are created and migrated when the outbox starts. If false, their version is only checked: call
    /// <see cref="PostgreSqlSchema.MigrateAsync"/> with a role that may create tables. Default: true.
    /// </summary>
    public bool Migrate { get; set; } = true;

    /// <summary>
    /// The name of the application, 1 to 200 characters. Only processes with the same name deliver the events that one of them leaves when it ends. Default: null, which is the
    /// application's name in the host's environment.
    /// </summary>
    public string? Application { get; set; }

    /// <summary>
    /// The maximum size of the events that this process has stored, in bytes, for all destinations together: from 4,096 to 1,099,511,627,776 (1 TiB). Events that
    /// exceed it are dropped and counted as <c>outbox_full</c>. Default: 268,435,456 (256 MiB).
    /// </summary>
    public long MaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// The maximum age of a stored event: more than zero and at most 365 days. Older events are dropped and counted as <c>outbox_expired</c>. Default: 7 days.
    /// </summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(7);
}
