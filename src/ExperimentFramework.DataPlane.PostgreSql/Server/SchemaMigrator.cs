using System.Globalization;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Brings a part of the schema to the version that this library needs. Several hosts may do so at the same time: one migrates, the others wait.</summary>
internal static class SchemaMigrator
{
    /// <summary>The lock that all migrations of a database take.</summary>
    private const string Lock = "SELECT pg_advisory_xact_lock(hashtextextended('dataplane schema {schema}', 0))";

    private const string CreateVersionTable = """
        CREATE TABLE IF NOT EXISTS {schema}.schema_version (
            component text PRIMARY KEY,
            version integer NOT NULL,
            migrated_at timestamptz NOT NULL DEFAULT now())
        """;

    /// <summary>Checks the encoding of the database and the version, and migrates if it is too old and that is allowed.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="schema">The schema's name.</param>
    /// <param name="component">The part.</param>
    /// <param name="mayMigrate">Whether the role may create and alter tables.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="IOException">
    /// The version is too old, and <paramref name="mayMigrate"/> is false: an outage that ends when someone migrates. Or the database cannot store every string: the server would
    /// report each event with such a string as the fault of that event.
    /// </exception>
    public static async Task EnsureAsync(
        NpgsqlDataSource dataSource, string schema, SchemaComponent component, bool mayMigrate, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var encoding = await ScalarAsync(connection, "SELECT current_setting($1)", "server_encoding", cancellationToken).ConfigureAwait(false);
            if (encoding is not "UTF8")
            {
                throw SafeText.Own(new IOException(
                    $"The data plane needs a PostgreSQL database with the encoding UTF8, and this one has {encoding}, which cannot hold every text. Create another database with ENCODING 'UTF8' ({DatabaseAddress.Of(dataSource)})."));
            }

            var version = await VersionAsync(connection, schema, component, cancellationToken).ConfigureAwait(false);
            if (version >= component.Version)
            {
                return;
            }

            if (!mayMigrate)
            {
                throw SafeText.Own(new IOException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The schema '{schema}' in PostgreSQL has version {version} of '{component.Name}', and version {component.Version} is needed. Migrate is false: call PostgreSqlSchema.MigrateAsync with the role that owns the schema ({DatabaseAddress.Of(dataSource)}).")));
            }

            await MigrateAsync(connection, schema, component, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task MigrateAsync(NpgsqlConnection connection, string schema, SchemaComponent component, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ExecuteAsync(connection, SchemaName.Apply(Lock, schema), cancellationToken).ConfigureAwait(false);
            if (await ScalarAsync(connection, "SELECT to_regnamespace(quote_ident($1)) IS NULL", schema, cancellationToken).ConfigureAwait(false) is true)
            {
                // Only if it is missing: a role may be allowed to create tables in the schema and no schemas.
                await ExecuteAsync(connection, SchemaName.Apply("CREATE SCHEMA {schema}", schema), cancellationToken).ConfigureAwait(false);
            }

            await ExecuteAsync(connection, SchemaName.Apply(CreateVersionTable, schema), cancellationToken).ConfigureAwait(false);

            // Another host may have migrated while this one waited for the lock.
            var version = await VersionAsync(connection, schema, component, cancellationToken).ConfigureAwait(false);
            for (; version < component.Version; version++)
            {
                await ExecuteAsync(connection, SchemaName.Apply(component.Migrations[version], schema), cancellationToken).ConfigureAwait(false);
            }

            using var command = new NpgsqlCommand(
                SchemaName.Apply(
                    "INSERT INTO {schema}.schema_version (component, version) VALUES ($1, $2) ON CONFLICT (component) DO UPDATE SET version = excluded.version, migrated_at = now()", schema),
                connection) { Parameters = { new() { Value = component.Name }, new() { Value = version } } };
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the version of a part; 0 if nothing of it exists.</summary>
    private static async Task<int> VersionAsync(NpgsqlConnection connection, string schema, SchemaComponent component, CancellationToken cancellationToken)
    {
        if (await ScalarAsync(connection, "SELECT to_regclass(quote_ident($1) || '.schema_version') IS NULL", schema, cancellationToken).ConfigureAwait(false) is true)
        {
            return 0;
        }

        var sql = SchemaName.Apply("SELECT version FROM {schema}.schema_version WHERE component = $1", schema);
        return await ScalarAsync(connection, sql, component.Name, cancellationToken).ConfigureAwait(false) as int? ?? 0;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, string parameter, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = parameter } } };
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
