using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Opens the outbox's file, in write-ahead log mode (https://www.sqlite.org/wal.html) and for exclusive use by this process. A damaged
/// file is renamed, and a new one is created.
/// </summary>
internal static class OutboxFile
{
    /// <summary>The prefix of destinations that a file of version 1 identified by the simple names of their types.</summary>
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

    /// <summary>The vacuum writes a copy without the events that version 1 delivered but left readable in free pages.</summary>
    private const string FromVersion1 = """
        BEGIN IMMEDIATE;
        UPDATE event SET destination = '~' || destination;
        PRAGMA user_version = 2;
        COMMIT;
        VACUUM;
        """;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="timeout">How long to wait for another process that has the file open.</param>
    /// <param name="now">The time for the name of a damaged file.</param>
    /// <param name="aside">The new path of a damaged file, and its error; null if the file was not damaged.</param>
    /// <returns>The table; null if another process, or another outbox of this one, has the file open.</returns>
    /// <exception cref="InvalidOperationException">The file cannot be used; the message states the reason.</exception>
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
                $"The outbox '{path}' cannot be opened: {exception.Message} Make sure that its folder exists and is writable.", exception);
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
            if (Query(database, "PRAGMA quick_check(1);", statement => statement.Text(0)) is not "ok" and var damage)
            {
                throw new SqliteException($"The integrity check failed: {damage}", raw.SQLITE_CORRUPT);
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
        var version = Query(database, "PRAGMA user_version;", statement => statement.Integer(0));
        if (version > SchemaVersion)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The outbox '{path}' has schema version {version}, but this version of the package supports up to {SchemaVersion}. Upgrade the application or use another file."));
        }

        if (version == 1)
        {
            PreparedStatement.Execute(database, FromVersion1);
        }
        else if (version == 0)
        {
            if (Query(database, "SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 1;", statement => statement.Text(0)) is { } table)
            {
                throw new InvalidOperationException($"The file '{path}' is not an outbox but the database of another program, with the table '{table}'. Use another file for the outbox.");
            }

            PreparedStatement.Execute(database, Schema);
        }
    }

    private static T? Query<T>(sqlite3 database, string sql, Func<PreparedStatement, T> read)
    {
        using var statement = new PreparedStatement(database, sql);
        return statement.Step() ? read(statement) : default;
    }
}
