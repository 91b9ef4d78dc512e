using System.Globalization;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Rejects the database of another program, which a wrong path refers to. Only reads, so that a rejected database is left unchanged. A database without a table
/// belongs to no program, unless it has an application id.
/// </summary>
internal static class ForeignDatabase
{
    private static readonly string[] AllParts = [.. DatabaseUse.OfEvents.Parts, .. DatabaseUse.OfOutbox.Parts];

    /// <summary>Requires that a database is empty, or contains parts of this package that belong together.</summary>
    /// <exception cref="InvalidOperationException">It belongs to something else; the message names the file, what is in it and the remedy.</exception>
    public static void Refuse(sqlite3 database, string path, DatabaseUse use)
    {
        // One transaction, so that all reads are of one moment: another process may be creating the tables.
        PreparedStatement.Execute(database, "BEGIN;");
        try
        {
            RefuseNow(database, path, use);
        }
        finally
        {
            if (raw.sqlite3_get_autocommit(database) == 0)
            {
                PreparedStatement.Execute(database, "ROLLBACK;");
            }
        }
    }

    /// <summary>Whether the file is an outbox of a version that kept its version in the file's header.</summary>
    public static bool IsUnrecordedOutbox(sqlite3 database) =>
        Texts(database, "SELECT name FROM pragma_table_info('event') WHERE name IN ('destination', 'position', 'envelope');").Count == 3;

    private static void RefuseNow(sqlite3 database, string path, DatabaseUse use)
    {
        string[] parts = [.. Parts(database)];
        if (parts.Except(use.Parts, StringComparer.Ordinal).FirstOrDefault() is { } other)
        {
            throw Exception(other == DatabaseUse.OutboxEvents
                ? $"SQLite file '{path}' is an outbox. Use another file for {use.Name}."
                : $"SQLite file '{path}' holds events or assignments. Use another file for {use.Name}.");
        }

        if (parts.Length == 0 && Content(database) is { } content)
        {
            throw Exception($"SQLite file '{path}' is the database of another program, with {content}, and was left as it is. Use another file for {use.Name}; a file that does not exist is created.");
        }
    }

    private static string[] Parts(sqlite3 database) =>
        Texts(database, "SELECT name FROM pragma_table_info('schema_version') WHERE name IN ('part', 'version');").Count == 2 && Texts(database, "SELECT part FROM schema_version;").Intersect(AllParts, StringComparer.Ordinal).ToArray() is { Length: > 0 } parts
            ? parts
            : IsUnrecordedOutbox(database) ? [DatabaseUse.OutboxEvents] : [];

    /// <summary>What another program has put into the database; null if nothing.</summary>
    private static string? Content(sqlite3 database)
    {
        if (Texts(database, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid LIMIT 1;") is [var table])
        {
            return $"the table '{table}'";
        }

        using var id = new PreparedStatement(database, "PRAGMA application_id;");
        return id.Step() && id.Integer(0) is { } value and not 0 ? string.Create(CultureInfo.InvariantCulture, $"the application id {value}") : null;
    }

    private static List<string> Texts(sqlite3 database, string query)
    {
        using var statement = new PreparedStatement(database, query);
        var texts = new List<string>();
        while (statement.Step())
        {
            if (statement.Text(0) is { } text)
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    private static InvalidOperationException Exception(string message) => SafeText.Own(new InvalidOperationException(message));
}
