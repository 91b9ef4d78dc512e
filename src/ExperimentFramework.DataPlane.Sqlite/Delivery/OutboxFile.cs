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

    private static readonly string[] Migrations =
    [
        """
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
        """,
        "UPDATE event SET destination = '~' || destination;",
    ];

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
        var database = new SqliteDatabase(path);
        try
        {
            return database.OpenOrReplace(() => Open(database, timeout), _ => DamagedFile.MayBeDatabase(path), now, out aside);
        }
        catch (TimeoutException)
        {
            return null;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_NOTADB)
        {
            throw new InvalidOperationException($"The file '{path}' is not a database, and was left as it is. Use another file for the outbox; one that does not exist is created.", exception);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"The outbox '{path}' cannot be opened: {exception.Message} Make sure that its folder exists and is writable.", exception);
        }
    }

    private static OutboxTable Open(SqliteDatabase file, TimeSpan timeout)
    {
        var connection = file.OpenFirst(DatabaseUse.OfOutbox, timeout, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA auto_vacuum = INCREMENTAL;");
        try
        {
            // The lock is taken by the first access and kept: a second process is rejected instead of delivering the same events.
            var database = connection.Handle!;
            PreparedStatement.Execute(database, "BEGIN EXCLUSIVE; COMMIT;");
            if (Query(database, "PRAGMA quick_check(1);", statement => statement.Text(0)) is not "ok" and var damage)
            {
                throw new SqliteException($"The integrity check failed: {damage}", raw.SQLITE_CORRUPT);
            }

            if (file.Migrate(connection, DatabaseUse.OutboxEvents, Migrations, () => UnrecordedVersion(database)) == 1)
            {
                // Writes a copy without the events that version 1 delivered but left readable in free pages.
                PreparedStatement.Execute(database, "VACUUM;");
            }

            return new OutboxTable(connection, file.Path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The version of a new file, 0, or of a file that has it in its header, where early outboxes kept it.</summary>
    private static int UnrecordedVersion(sqlite3 database) =>
        ForeignDatabase.IsUnrecordedOutbox(database) ? (int)(Query(database, "PRAGMA user_version;", statement => statement.Integer(0)) ?? 0) : 0;

    private static T? Query<T>(sqlite3 database, string sql, Func<PreparedStatement, T> read)
    {
        using var statement = new PreparedStatement(database, sql);
        return statement.Step() ? read(statement) : default;
    }
}
