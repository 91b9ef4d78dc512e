using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// A database file in write-ahead log mode (https://www.sqlite.org/wal.html), so that readers don't wait for a writer, with a
/// schema version for each of its parts. Every file of this package is opened, migrated and, if it is damaged, replaced here.
/// </summary>
internal sealed class SqliteDatabase(string path)
{
    /// <summary>How long to wait for another process's lock when the file is opened at startup, where no caller is waiting.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);

    /// <summary>https://www.sqlite.org/c3ref/c_dbconfig_defensive.html#sqlitedbconfignockptonclose</summary>
    private const int NoCheckpointOnClose = 1006;

    public string Path => path;

    /// <summary>Whether an error means that the file is damaged, or is not a database.</summary>
    public static bool IsDamage(SqliteException exception) => exception.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>Opens the file. A damaged file is renamed, and a new one is opened.</summary>
    /// <param name="open">Opens the file and checks it.</param>
    /// <param name="isReplaceable">Whether the file may be renamed because of an error that means damage.</param>
    /// <param name="now">The time for the name of a damaged file.</param>
    /// <param name="aside">The new path of a damaged file, and its error; null if the file was not damaged.</param>
    public T OpenOrReplace<T>(Func<T> open, Func<SqliteException, bool> isReplaceable, DateTimeOffset now, out (string Path, Exception Damage)? aside)
    {
        aside = null;
        try
        {
            return open();
        }
        catch (SqliteException exception) when (IsDamage(exception) && isReplaceable(exception))
        {
            aside = (DamagedFile.SetAside(path, now), exception);
            return open();
        }
    }

    /// <summary>
    /// Opens the first connection: creates the file if it is missing, makes it accessible to its owner only and sets its journal mode. The database of another
    /// program is rejected before any of this.
    /// </summary>
    /// <param name="use">What the file is used for.</param>
    /// <param name="timeout">How long to wait for a locked file, now and until the timeout is set again.</param>
    /// <param name="settings">Pragmas of the connection that SQLite applies only before it sets the journal mode.</param>
    /// <exception cref="TimeoutException">The file was locked until the timeout expired.</exception>
    /// <exception cref="InvalidOperationException">The file is the database of another program, or is used for something else.</exception>
    public SqliteConnection OpenFirst(DatabaseUse use, TimeSpan timeout, string settings = "")
    {
        PrivateFile.Create(path);
        var hasLog = File.Exists(path + "-wal");
        var connection = Open(SqliteOpenMode.ReadWriteCreate, timeout, settings);
        try
        {
            RefuseForeign(connection.Handle!, use, hasLog);
            PrivateFile.Restrict(path);
            SetWriteAheadLog(connection.Handle!, timeout);
            PreparedStatement.Execute(connection.Handle!, "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Sets the journal mode. If several processes do so at the same time, SQLite immediately reports to one of them that the file is locked, without waiting for the timeout (https://www.sqlite.org/c3ref/busy_handler.html); so this method waits.
    /// </summary>
    private static void SetWriteAheadLog(sqlite3 database, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                PreparedStatement.Execute(database, "PRAGMA journal_mode = WAL;");
                return;
            }
            catch (TimeoutException) when (Stopwatch.GetElapsedTime(started) < timeout)
            {
                // The wait for the write lock uses the timeout.
                PreparedStatement.Execute(database, "BEGIN IMMEDIATE; ROLLBACK;");
            }
        }
    }

    /// <summary>Opens another connection, for a caller that waits no longer than the timeout. A missing file is not created.</summary>
    /// <param name="timeout">How long to wait for a locked file, now and until the timeout is set again.</param>
    /// <exception cref="TimeoutException">The file was locked until the timeout expired.</exception>
    public SqliteConnection Open(TimeSpan timeout) =>
        Open(SqliteOpenMode.ReadWrite, timeout, "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;");

    /// <summary>Sets how long statements wait for a locked file. SQLite's timeout applies to locks only and does not limit the disk's own time.</summary>
    public static void SetTimeout(SqliteConnection connection, TimeSpan timeout) =>
        raw.sqlite3_busy_timeout(connection.Handle!, Math.Max(0, (int)Math.Ceiling(timeout.TotalMilliseconds)));

    /// <summary>
    /// Migrates the tables of a part to the latest version: each migration runs once per file. A file that has the latest version is only read, so that it can be opened
    /// while another process writes, and on a full disk.
    /// </summary>
    /// <param name="connection">A connection.</param>
    /// <param name="part">The part's name.</param>
    /// <param name="migrations">The scripts that migrate from version 0 to 1, from 1 to 2, and so on.</param>
    /// <param name="unrecorded">Returns the version of a file that has no record of it; null if that is 0.</param>
    /// <returns>The version before.</returns>
    /// <exception cref="InvalidOperationException">The file was written by a newer version of this package.</exception>
    public int Migrate(SqliteConnection connection, string part, IReadOnlyList<string> migrations, Func<int>? unrecorded = null)
    {
        var database = connection.Handle!;
        if (HasVersions(database) && Version(database, part) == migrations.Count)
        {
            return migrations.Count;
        }

        // The write lock comes first: of several processes that start at the same time, one migrates and the others wait and find it done.
        using var transaction = new WriteTransaction(database);
        return transaction.Run(() =>
        {
            PreparedStatement.Execute(database, "CREATE TABLE IF NOT EXISTS schema_version (part TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;");
            var version = Version(database, part) ?? unrecorded?.Invoke() ?? 0;
            if (version > migrations.Count)
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The schema '{part}' in SQLite file '{path}' has version {version}, but this version of the package supports up to {migrations.Count}. Upgrade the application or use another file."));
            }

            foreach (var migration in migrations.Skip(version))
            {
                PreparedStatement.Execute(database, migration);
            }

            using var update = new PreparedStatement(
                database, "INSERT INTO schema_version (part, version) VALUES (?1, ?2) ON CONFLICT (part) DO UPDATE SET version = excluded.version;");
            update.Bind(1, part);
            update.Bind(2, migrations.Count);
            update.Run();
            return version;
        });
    }

    private SqliteConnection Open(SqliteOpenMode mode, TimeSpan timeout, string settings)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        try
        {
            OpenDatabases.Open(connection, path);
            SetTimeout(connection, timeout);
            PreparedStatement.Execute(connection.Handle!, settings);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void RefuseForeign(sqlite3 database, DatabaseUse use, bool hasLog)
    {
        try
        {
            ForeignDatabase.Refuse(database, path, use);
        }
        catch (InvalidOperationException) when (hasLog)
        {
            // The last connection to a database moves its write-ahead log into it. This database existed before.
            raw.sqlite3_db_config(database, NoCheckpointOnClose, 1, out _);
            throw;
        }
    }

    private static bool HasVersions(sqlite3 database)
    {
        using var statement = new PreparedStatement(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version';");
        return statement.Step();
    }

    private static int? Version(sqlite3 database, string part)
    {
        using var statement = new PreparedStatement(database, "SELECT version FROM schema_version WHERE part = ?1;");
        statement.Bind(1, part);
        return statement.Step() ? (int)(statement.Integer(0) ?? 0) : null;
    }
}
