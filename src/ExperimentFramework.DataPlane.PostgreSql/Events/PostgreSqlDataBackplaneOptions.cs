namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The options of <see cref="PostgreSqlDataBackplane"/>. Validated at start-up.</summary>
public sealed class PostgreSqlDataBackplaneOptions
{
    /// <summary>
    /// The connection string in the format of Npgsql, for example <c>Host=db;Database=experiments;Username=dataplane;Password=...</c>. If it is null or empty, the
    /// registered <c>NpgsqlDataSource</c> is used, which can set up TLS, passwords that expire, and logging.
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
    /// Whether tables are created and migrated when the destination starts. If false, their version is only checked: use it for a role that may not create
    /// tables, and call <see cref="PostgreSqlSchema.MigrateAsync"/> with one that may. Default: true.
    /// </summary>
    public bool Migrate { get; set; } = true;

    /// <summary>
    /// How long events are kept, from 1 to 36,500 days; null to keep them forever. Older events are dropped by the day, once an hour. Default: null.
    /// </summary>
    public TimeSpan? Retention { get; set; }

    /// <summary>
    /// For how many days after today partitions are created in advance, from 1 to 366, so that no event waits for one. Default: 7.
    /// </summary>
    public int PartitionsAhead { get; set; } = 7;
}
