using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// The file of events, for one writer of this process at a time; other processes read and write it too. It is opened again after it was moved, deleted or
/// damaged. No application code runs while the lock is held: the clock is read before, and log entries are written after.
/// </summary>
internal sealed partial class EventFile : IDisposable
{
    /// <summary>How long a batch waits for a lock of another process. A batch holds the lock for milliseconds.</summary>
    public static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(2);

    private readonly SqliteDatabase _database;
    private readonly bool _indexesSubjects;
    private readonly TimeProvider _time;
    private readonly NonThrowingLogger _logger;
    private readonly Lock _lock = new();
    private readonly Queue<Action> _log = new();
    private OpenEventTables? _tables;
    private bool _isDisposed;

    public EventFile(string path, bool indexesSubjects, TimeProvider time, NonThrowingLogger logger)
    {
        _database = new SqliteDatabase(path);
        _indexesSubjects = indexesSubjects;
        _time = time;
        _logger = logger;
    }

    public string Path => _database.Path;

    /// <summary>Opens the file, and creates it if it is missing.</summary>
    /// <exception cref="InvalidOperationException">The file cannot be used; the message says why and what to do.</exception>
    public void Open()
    {
        try
        {
            Use(static _ => true);
        }
        catch (Exception exception) when (exception is IOException or SqliteException)
        {
            throw new InvalidOperationException($"The SQLite file '{Path}' for events cannot be used. {exception.Message}", exception);
        }
    }

    /// <summary>Writes to the file and rolls back, with another connection: it is opened and closed in here, and so never open while the file is replaced.</summary>
    /// <inheritdoc cref="Use" path="/exception"/>
    public void Probe() => Use(_ =>
    {
        using var connection = _database.Open(WriteTimeout);
        WriteProbe.Run(connection.Handle!);
        return true;
    });

    /// <summary>Runs an action with exclusive use of the tables in this process.</summary>
    /// <exception cref="IOException">The file cannot be used now; the message says why and what to do.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public T Use<T>(Func<OpenEventTables, T> use)
    {
        var now = _time.GetUtcNow();
        Action[] log;
        try
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                try
                {
                    return UseOpen(use, now);
                }
                catch (SqliteException exception) when (SqliteDatabase.IsDamage(exception))
                {
                    SetAside(exception, now);
                    throw EventFileFault.Describe(exception);
                }
                catch (Exception exception) when (exception is SqliteException or TimeoutException or UnauthorizedAccessException)
                {
                    throw EventFileFault.Describe(exception);
                }
            }
        }
        finally
        {
            lock (_lock)
            {
                log = [.. _log];
                _log.Clear();
            }

            foreach (var write in log)
            {
                write();
            }
        }
    }

    /// <summary>Closes the file after the current call.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            Close();
        }
    }

    private T UseOpen<T>(Func<OpenEventTables, T> use, DateTimeOffset now)
    {
        if (_tables is { IsMoved: true } moved)
        {
            moved.LeaveMoved();
            Close();
            _log.Enqueue(() => LogReplaced(Path));
        }

        var tables = _tables ??= OpenOrReplace(now);
        var result = use(tables);
        if (tables.IsMoved)
        {
            // The batch was written to a file that no longer has a name. The next call opens the file that has the name now.
            throw SafeText.Own(new IOException("The SQLite file was moved or deleted while events were written to it. They are written again, to a new file."));
        }

        return result;
    }

    private OpenEventTables OpenOrReplace(DateTimeOffset now)
    {
        var tables = _database.OpenOrReplace(
            OpenTables, exception => exception.SqliteErrorCode == raw.SQLITE_CORRUPT || DamagedFile.MayBeDatabase(Path), now, out var aside);
        if (aside is { } damaged)
        {
            _log.Enqueue(() => LogDamaged(Path, damaged.Path, damaged.Damage));
        }

        return tables;
    }

    private OpenEventTables OpenTables()
    {
        var connection = _database.OpenFirst(DatabaseUse.OfEvents, SqliteDatabase.StartTimeout, "PRAGMA journal_size_limit = 67108864;");
        try
        {
            _database.Migrate(connection, DatabaseUse.Events, EventSchema.Migrations);
            _database.Migrate(connection, DatabaseUse.EventViews, EventViews.Migrations);
            if (_indexesSubjects)
            {
                EventSchema.IndexSubjects(connection.Handle!);
            }

            SqliteDatabase.SetTimeout(connection, WriteTimeout);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        return new OpenEventTables(connection, Path);
    }

    /// <summary>Renames a file whose damage was only found when it was written, unless another process has done so.</summary>
    private void SetAside(SqliteException damage, DateTimeOffset now)
    {
        var isMine = _tables is { IsMoved: false };
        _tables?.SetMoved();
        Close();
        if (isMine)
        {
            var aside = DamagedFile.SetAside(Path, now);
            _log.Enqueue(() => LogDamaged(Path, aside, damage));
        }
    }

    private void Close()
    {
        _tables?.Dispose();
        _tables = null;
    }

    [LoggerMessage(160, LogLevel.Error, "The SQLite file '{Path}' is damaged. It was renamed to '{Aside}', with its events, and a new file was created.", EventName = "EventFileDamaged")]
    private partial void LogDamaged(string path, string aside, Exception exception);

    [LoggerMessage(161, LogLevel.Error, "The SQLite file '{Path}' was moved, deleted or replaced while it was open. Events are written to the file that has this name now.", EventName = "EventFileReplaced")]
    private partial void LogReplaced(string path);
}
