namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The options of <see cref="PostgreSqlAssignmentStore"/>. Validated at start-up.</summary>
public sealed class PostgreSqlAssignmentStoreOptions
{
    /// <summary>
    /// The connection string in the format of Npgsql, for example <c>Host=db;Database=experiments;Username=dataplane;Password=...</c>. If it is null or empty, the
    /// registered <c>NpgsqlDataSource</c> is used.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>The key of the registered <c>NpgsqlDataSource</c>; null for the one without a key. Not used with a connection string. Default: null.</summary>
    public string? DataSourceKey { get; set; }

    /// <summary>
    /// The schema that holds the table: 1 to 63 lower-case letters, digits and underscores, beginning with a letter or an underscore. Default:
    /// <c>dataplane</c>.
    /// </summary>
    public string Schema { get; set; } = SchemaName.Default;

    /// <summary>
    /// Whether the table is created and migrated when the store starts. If false, its version is only checked: call
    /// <see cref="PostgreSqlSchema.MigrateAsync"/> with a role that may create tables. Default: true.
    /// </summary>
    public bool Migrate { get; set; } = true;

    /// <summary>
    /// How long an assignment is kept after its subject was last seen, from 1 hour to 3,650 days. Older assignments are deleted in the background. A subject that
    /// returns later is assigned again, and gets another variant only if the weights have changed. Default: 365 days, as long as a visitor's cookie.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(365);
}
