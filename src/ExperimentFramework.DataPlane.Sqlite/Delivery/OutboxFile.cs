using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Opens the outbox's file, in write-ahead-log mode (https://www.sqlite.org/wal.html) and for this process alone. A file that is
/// damaged is set aside, and a new one begun.
/// </summary>
internal static class OutboxFile
{
    /// <summary>Marks destinations that a file of version 1 names by the simple names of their types.</summary>
    public const char SimpleName = '~';

    private const int SchemaVersion = 2;

    private const string Schema = """
        BEGIN IMMEDIATE;
        CREATE TABLE event (
            destination TEXT NOT NULL,
            position INTEGER NOT NULL,
            experiment TEXT NOT NULL,
            variant TEXT NOT NULL,
            stored_at INTEGER NOT NULL,
            size INTEGER NOT NULL,
            envelope TEXT NOT NULL,
            PRIMARY KEY (destination, position)
        );
        PRAGMA user_version = 2;
        COMMIT;
        """;

    /// <summary>The copy that a vacuum writes has none of the events that version 1 delivered and left readable in free pages.</summary>
    private const string FromVersion1 = """
        BEGIN IMMEDIATE;
        UPDATE event SET destination = '~' || destination;
        PRAGMA user_version = 2;
        COMMIT;
        VACUUM;
        """;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="timeout">How long another process that has the file is waited for.</param>
    /// <param name="now">The time, for the name of a file that is set aside.</param>
    /// <param name="aside">Where a damaged file is now, and why; null when it was none.</param>
    /// <returns>The table; null when another process, or another outbox of this one, has the file.</returns>
    /// <exception cref="InvalidOperationException">The file cannot be used; the message says why.</exception>
    public static OutboxTable? TryOpen(string path, TimeSpan timeout, DateTimeOffset now, out (string Path, Exception Damage)? aside)
    {
        aside = null;
        try
        {
            try
            {
                return OpenChecked(path, timeout);
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
            {
                aside = (DamagedFile.SetAside(path, now), exception);
                return OpenChecked(path, timeout);
            }
        }
        catch (TimeoutException)
        {
            return null;
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"The outbox '{path}' cannot be opened: {exception.Message} Check that its folder exists and can be written to.", exception);
        }
    }

    private static OutboxTable OpenChecked(string path, TimeSpan timeout)
    {
        PrivateFile.Prepare(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            SqliteDatabase.SetTimeout(connection, timeout);

            // The lock is taken by the first access and kept: a second process is refused instead of delivering the same events.
            var database = connection.Handle!;
            PreparedStatement.Execute(
                database,
                "PRAGMA locking_mode = EXCLUSIVE; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; BEGIN EXCLUSIVE; COMMIT;");
            if (Ask(database, "PRAGMA quick_check(1);", statement => statement.Text(0)) is not "ok" and var damage)
            {
                throw new SqliteException($"The check found: {damage}", raw.SQLITE_CORRUPT);
            }

            RequireSchema(database, path);
            return new OutboxTable(connection, path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void RequireSchema(sqlite3 database, string path)
    {
        var version = Ask(database, "PRAGMA user_version;", statement => statement.Integer(0));
        if (version > SchemaVersion)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The outbox '{path}' has version {version}, and this program knows {SchemaVersion}: use the newer program, or another file."));
        }

        if (version == 1)
        {
            PreparedStatement.Execute(database, FromVersion1);
        }
        else if (version == 0)
        {
            if (Ask(database, "SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 1;", statement => statement.Text(0)) is { } table)
            {
                throw new InvalidOperationException($"The file '{path}' is no outbox: it is another program's database, with the table '{table}'. Give the outbox a file of its own.");
            }

            PreparedStatement.Execute(database, Schema);
        }
    }

    private static T? Ask<T>(sqlite3 database, string question, Func<PreparedStatement, T> answer)
    {
        using var statement = new PreparedStatement(database, question);
        return statement.Step() ? answer(statement) : default;
    }
}
