using System.Globalization;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The statements that write events.</summary>
/// <param name="schema">The schema's name.</param>
internal sealed class EventStatements(string schema)
{
    private readonly Dictionary<EventTable, string> _copies = EventTables.All.ToDictionary(
        table => table, table => SchemaName.Apply($"COPY {{schema}}.{table.Name} ({table.ColumnNames}) FROM STDIN (FORMAT BINARY)", schema));

    public string Copy(EventTable table) => _copies[table];

    /// <summary>
    /// Inserts the rows of the temporary table that are missing, each once. No conflict target is named, because that needs the right to read the table; so rows that
    /// another unique index or an exclusion constraint refuses are left out as well. Returns whether there is one, which is asked afterwards, when the lock of the INSERT
    /// prevents another session from adding it.
    /// </summary>
    public string InsertMissing(EventTable table) => SchemaName.Apply(
        $$"""
        INSERT INTO {schema}.{{table.Name}} ({{table.ColumnNames}}) SELECT {{table.ColumnNames}} FROM {{Temporary(table)}} ON CONFLICT DO NOTHING;
        SELECT EXISTS (
            SELECT FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_index ON indrelid = inhrelid
            WHERE inhparent = '{schema}.{{table.Name}}'::regclass AND (indisunique OR indisexclusion) AND NOT indisprimary)
        """,
        schema);

    /// <summary>
    /// Creates the temporary table, unless the session has it, by its columns, because <c>LIKE</c> needs the right to read the table. Its name says which columns it has: through
    /// a pooler the session may be one of another version.
    /// </summary>
    public static string CreateTemporary(EventTable table) =>
        $"CREATE TEMPORARY TABLE IF NOT EXISTS {Temporary(table)} ({table.ColumnDefinitions}) ON COMMIT DELETE ROWS";

    public static string CopyToTemporary(EventTable table) => $"COPY {Temporary(table)} ({table.ColumnNames}) FROM STDIN (FORMAT BINARY)";

    private static string Temporary(EventTable table) => string.Create(CultureInfo.InvariantCulture, $"pg_temp.{table.Name}_batch_{EventSchema.Component.Version}");
}
