using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// A database file in write-ahead-log mode (https://www.sqlite.org/wal.html), so that readers don't wait for a writer, with a
/// schema version for each part of it.
/// </summary>
internal sealed class SqliteDatabase(string path)
{
    /// <summary>How long the file's owner of the moment is waited for where nobody else waits: when the file is opened.</summary>
    private const int OpenTimeoutSeconds = 5;

    private readonly string _connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWriteCreate,
        Pooling = false,
        DefaultTimeout = OpenTimeoutSeconds,
    }.ToString();

    public string Path => path;

    /// <summary>Opens the first connection, which makes the file what it has to be.</summary>
    public SqliteConnection OpenFirst() => Open(connection =>
    {
        SetTimeout(connection, TimeSpan.FromSeconds(OpenTimeoutSeconds));
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    });

    /// <summary>Opens a further connection, on the way of a caller that waits no longer than it says.</summary>
    /// <param name="timeout">How long the file is waited for, here and until it is set anew.</param>
    /// <exception cref="TimeoutException">The file was busy for all of it.</exception>
    public SqliteConnection Open(TimeSpan timeout) => Open(connection =>
    {
        SetTimeout(connection, timeout);
        using var setting = new PreparedStatement(connection.Handle!, "PRAGMA synchronous = NORMAL;");
        setting.Step();
    });

    /// <summary>Sets how long statements of SQLite's own wait for a file that is busy.</summary>
    public static void SetTimeout(SqliteConnection connection, TimeSpan timeout) =>
        raw.sqlite3_busy_timeout(connection.Handle!, Math.Max(0, (int)Math.Ceiling(timeout.TotalMilliseconds)));

    /// <summary>Brings a part's tables to the last version: each migration runs once in the life of the file.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="part">The part's name.</param>
    /// <param name="migrations">The scripts that lead from version 0 to 1, from 1 to 2 and so on.</param>
    /// <exception cref="InvalidOperationException">A newer version of the program wrote the file.</exception>
    public void Migrate(SqliteConnection connection, string part, IReadOnlyList<string> migrations)
    {
        // Immediate: of several processes that start at once, one migrates and the others wait and find it done.
        using var transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, "CREATE TABLE IF NOT EXISTS schema_version (part TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;", transaction);
        var version = Version(connection, part, transaction);
        if (version > migrations.Count)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The part '{part}' of SQLite file '{path}' has version {version}, and this program knows {migrations.Count}: use the newer program, or another file."));
        }

        foreach (var migration in migrations.Skip(version))
        {
            Execute(connection, migration, transaction);
        }

        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO schema_version (part, version) VALUES ($part, $version) ON CONFLICT (part) DO UPDATE SET version = excluded.version;";
        command.Parameters.AddWithValue("$part", part);
        command.Parameters.AddWithValue("$version", migrations.Count);
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    private SqliteConnection Open(Action<SqliteConnection> set)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            set(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static int Version(SqliteConnection connection, string part, SqliteTransaction transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT version FROM schema_version WHERE part = $part;";
        command.Parameters.AddWithValue("$part", part);
        return command.ExecuteScalar() is long version ? (int)version : 0;
    }

    private static void Execute(SqliteConnection connection, string script, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = script;
        command.ExecuteNonQuery();
    }
}
