using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The data plane's schema in PostgreSQL, for deployments in which hosts may not create tables.</summary>
public static class PostgreSqlSchema
{
    private static readonly SchemaComponent[] Components = [EventSchema.Component, AssignmentSchema.Component, OutboxSchema.Component];

    /// <summary>
    /// Creates the schema and all its tables, or migrates them to the version of this library. Does nothing if they already have it. Several processes may call it at the
    /// same time. Hosts with the previous version continue to write.
    /// </summary>
    /// <param name="dataSource">The database, with a role that may create the schema, or tables in it. The role owns what it creates.</param>
    /// <param name="schema">The schema's name. Default: <c>dataplane</c>.</param>
    /// <param name="cancellationToken">Cancels the migration, which then has changed nothing.</param>
    /// <returns>A task that completes when the tables have the version of this library.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="schema"/> is not the name of a schema.</exception>
    /// <exception cref="IOException">The database has an encoding other than UTF8.</exception>
    /// <exception cref="NpgsqlException">The server cannot be reached, or denies the role a privilege.</exception>
    public static async Task MigrateAsync(NpgsqlDataSource dataSource, string schema = SchemaName.Default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        if (SchemaName.Error(schema) is { } error)
        {
            throw new ArgumentException($"The schema {error}", nameof(schema));
        }

        foreach (var component in Components)
        {
            await SchemaMigrator.EnsureAsync(dataSource, schema, component, mayMigrate: true, cancellationToken).ConfigureAwait(false);
        }
    }
}
