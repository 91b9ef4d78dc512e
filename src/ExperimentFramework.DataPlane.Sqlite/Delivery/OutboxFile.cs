using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Opens the outbox's file, in write-ahead-log mode (https://www.sqlite.org/wal.html) and for this process alone. A file that is
/// damaged is set aside, and a new one begun.
/// </summary>
internal static partial class OutboxFile
{
    private const int SqliteBusy = 5;
    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;
    private const int SchemaVersion = 1;
    private const int OpenTimeoutSeconds = 2;

    private const string Schema = """
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
        PRAGMA user_version = 1;
        """;

    /// <exception cref="InvalidOperationException">The file cannot be used; the message says why.</exception>
    public static SqliteConnection Open(string path, TimeProvider time, ILogger logger)
    {
        try
        {
            return OpenChecked(path);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase)
        {
            var aside = SetAside(path, time);
            LogDamaged(logger, path, aside, exception);
            return OpenChecked(path);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == SqliteBusy)
        {
            throw new InvalidOperationException(
                $"The outbox '{path}' is in use by another process. Give every process an outbox of its own, and assignments another file.", exception);
        }
        catch (SqliteException exception)
        {
            throw new InvalidOperationException(
                $"The outbox '{path}' cannot be opened: {exception.Message} Check that its folder exists and can be written to.", exception);
        }
    }

    private static SqliteConnection OpenChecked(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = OpenTimeoutSeconds,
        }.ToString());
        try
        {
            connection.Open();

            // The lock is taken by the first access and kept: a second process is refused instead of delivering the same events.
            Execute(connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
            Execute(connection, "BEGIN EXCLUSIVE; COMMIT;");
            if (Ask(connection, "PRAGMA quick_check(1);") is not "ok" and var damage)
            {
                throw new SqliteException($"The check found: {damage}", SqliteCorrupt);
            }

            RequireSchema(connection, path);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void RequireSchema(SqliteConnection connection, string path)
    {
        var version = Convert.ToInt64(Ask(connection, "PRAGMA user_version;"), CultureInfo.InvariantCulture);
        if (version > SchemaVersion)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The outbox '{path}' has version {version}, and this program knows {SchemaVersion}: use the newer program, or another file."));
        }

        if (version == 0)
        {
            Execute(connection, Schema);
        }
    }

    private static string SetAside(string path, TimeProvider time)
    {
        var aside = string.Create(CultureInfo.InvariantCulture, $"{path}.damaged-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}");
        for (var number = 2; File.Exists(aside); number++)
        {
            aside = string.Create(CultureInfo.InvariantCulture, $"{path}.damaged-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{number}");
        }

        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            if (File.Exists(path + suffix))
            {
                File.Move(path + suffix, aside + suffix);
            }
        }

        return aside;
    }

    private static void Execute(SqliteConnection connection, string script)
    {
        using var command = connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }

    private static object? Ask(SqliteConnection connection, string question)
    {
        using var command = connection.CreateCommand();
        command.CommandText = question;
        return command.ExecuteScalar();
    }

    [LoggerMessage(90, LogLevel.Error, "The outbox '{Path}' is damaged. It was set aside as '{Aside}', with the events in it, and a new one begun.")]
    private static partial void LogDamaged(ILogger logger, string path, string aside, Exception exception);
}
