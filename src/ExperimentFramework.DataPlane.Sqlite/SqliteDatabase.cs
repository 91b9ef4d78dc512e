using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// A database file in write-ahead log mode (https://www.sqlite.org/wal.html), so that readers don't wait for a writer, with a
/// schema version for each of its parts.
/// </summary>
internal sealed class SqliteDatabase(string path)
{
    /// <summary>How long to wait for another process's lock when the file is opened at startup, where no caller is waiting.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);

    public string Path => path;

    /// <summary>Opens the first connection: creates the file if it is missing and sets its journal mode.</summary>
    /// <param name="timeout">How long to wait for a locked file, now and until the timeout is set again.</param>
    public SqliteConnection OpenFirst(TimeSpan timeout)
    {
        PrivateFile.Prepare(path);
        return Open(SqliteOpenMode.ReadWriteCreate, timeout, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;");
    }

    /// <summary>Opens another connection, for a caller that waits no longer than the timeout. A missing file is not created.</summary>
    /// <param name="timeout">How long to wait for a locked file, now and until the timeout is set again.</param>
    /// <exception cref="TimeoutException">The file was locked until the timeout expired.</exception>
    public SqliteConnection Open(TimeSpan timeout) =>
        Open(SqliteOpenMode.ReadWrite, timeout, "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;");

    /// <summary>Sets how long statements wait for a locked file. SQLite's timeout applies to locks only and does not limit the disk's own time.</summary>
    public static void SetTimeout(SqliteConnection connection, TimeSpan timeout) =>
        raw.sqlite3_busy_timeout(connection.Handle!, Math.Max(0, (int)Math.Ceiling(timeout.TotalMilliseconds)));

    /// <summary>Migrates the tables of a part to the latest version: each migration runs once per file.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="part">The part's name.</param>
    /// <param name="migrations">The scripts that migrate from version 0 to 1, from 1 to 2, and so on.</param>
    /// <exception cref="InvalidOperationException">The file was written by a newer version of this package.</exception>
    public void Migrate(SqliteConnection connection, string part, IReadOnlyList<string> migrations)
    {
        var database = connection.Handle!;

        // The write lock comes first: of several processes that start at the same time, one migrates and the others wait and find it done.
        using var transaction = new WriteTransaction(database);
        transaction.Run(() =>
        {
            PreparedStatement.Execute(database, "CREATE TABLE IF NOT EXISTS schema_version (part TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;");
            var version = Version(database, part);
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
            connection.Open();
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

    private static int Version(sqlite3 database, string part)
    {
        using var statement = new PreparedStatement(database, "SELECT version FROM schema_version WHERE part = ?1;");
        statement.Bind(1, part);
        return statement.Step() ? (int)(statement.Integer(0) ?? 0) : 0;
    }
}
