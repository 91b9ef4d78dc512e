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
    /// Inserts the rows of the temporary table that are missing, each once. No conflict target is named, because that needs the right to read the table.
    /// </summary>
    public string InsertMissing(EventTable table) => SchemaName.Apply(
        $"INSERT INTO {{schema}}.{table.Name} ({table.ColumnNames}) SELECT {table.ColumnNames} FROM {Temporary(table)} ON CONFLICT DO NOTHING", schema);

    /// <summary>
    /// Creates the temporary table, unless the session has it, by its columns, because <c>LIKE</c> needs the right to read the table. Its name says which columns it has: through
    /// a pooler the session may be one of another version.
    /// </summary>
    public static string CreateTemporary(EventTable table) =>
        $"CREATE TEMPORARY TABLE IF NOT EXISTS {Temporary(table)} ({table.ColumnDefinitions}) ON COMMIT DELETE ROWS";

    public static string CopyToTemporary(EventTable table) => $"COPY {Temporary(table)} ({table.ColumnNames}) FROM STDIN (FORMAT BINARY)";

    private static string Temporary(EventTable table) => string.Create(CultureInfo.InvariantCulture, $"pg_temp.{table.Name}_batch_{EventSchema.Component.Version}");
}
