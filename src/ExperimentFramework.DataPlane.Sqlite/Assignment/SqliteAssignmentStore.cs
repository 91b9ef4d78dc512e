using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Keeps assignments in an SQLite file. They outlast the process, and all processes that open the file see the same ones; hosts
/// do not, so the store is not shared in the sense of <see cref="AssignmentPolicy.GloballySticky"/>.
/// </summary>
/// <remarks>
/// The file is on this host, so the asynchronous members do their work before they return. A timeout bounds how long a file that is locked is
/// waited for; it does not bound the disk's own reads and writes. The file can be read by its owner alone. A damaged file is set aside with
/// <c>.damaged-</c> and the time in its name. A file that is deleted or replaced while it is open is noticed by the next call, which opens the new one.
/// </remarks>
public sealed partial class SqliteAssignmentStore : IAssignmentStore, IDisposable
{
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(10);

    private readonly SqliteDatabase _database;
    private readonly AssignmentFile _file;
    private readonly AssignmentRetention _retention;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly NonThrowingLogger _logger;
    private readonly Lock _reopening = new();
    private volatile AssignmentPool _pool;
    private volatile bool _isDisposed;
    private long _generation;
    private long _unreadable;

    /// <summary>Opens the file, creates it if it is missing, and brings its table to the last version.</summary>
    /// <param name="databasePath">The path of the file; its folder must exist. Not a connection string, and not <c>:memory:</c>.</param>
    /// <param name="timeout">
    /// How long asynchronous calls wait for a file that is locked, from 0 to 10 seconds; synchronous ones say so
    /// themselves. Default: 50 milliseconds.
    /// </param>
    /// <param name="timeProvider">The clock. Default: the system's.</param>
    /// <param name="retention">How long an assignment is kept after its subject was last seen, from 1 hour to 3,650 days. Default: 365 days.</param>
    /// <param name="logger">Logs damaged, deleted and unreadable data; <c>AddSqliteAssignmentStore</c> uses the category <see cref="DataPlaneLogCategories.Assignment"/>. Default: none.</param>
    /// <exception cref="ArgumentException"><paramref name="databasePath"/> is not the path of a file.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> or <paramref name="retention"/> is outside its range.</exception>
    /// <exception cref="InvalidOperationException">The file cannot be used; the message says why.</exception>
    public SqliteAssignmentStore(
        string databasePath, TimeSpan? timeout = null, TimeProvider? timeProvider = null, TimeSpan? retention = null, ILogger? logger = null)
    {
        _database = new SqliteDatabase(DatabasePath.Validate(databasePath, nameof(databasePath)));
        _timeout = timeout ?? TimeSpan.FromMilliseconds(50);
        ArgumentOutOfRangeException.ThrowIfLessThan(_timeout, TimeSpan.Zero, nameof(timeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_timeout, MaxTimeout, nameof(timeout));
        var kept = retention ?? SqliteAssignmentStoreOptions.DefaultRetention;
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, SqliteAssignmentStoreOptions.MinRetention, nameof(retention));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kept, SqliteAssignmentStoreOptions.MaxRetention, nameof(retention));
        _time = timeProvider ?? TimeProvider.System;
        _logger = NonThrowingLogger.Of(logger ?? NullLogger.Instance);
        _file = new AssignmentFile(_database);
        _pool = Begin(SqliteDatabase.StartTimeout, _time.GetUtcNow(), out var aside);
        LogAside(aside);
        _retention = new AssignmentRetention(_database.Path, kept, _time, _logger, work => Run(_timeout, (connection, _) => work(connection)));
    }

    /// <summary>False: every host has its own file.</summary>
    public bool IsShared => false;

    /// <summary>Changes when the file was replaced, so that remembered assignments are asked for, and written, again.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>The path of the file, and how often it was reopened, how many rows could not be read and how many have expired.</summary>
    public IReadOnlyDictionary<string, object> Diagnostics => new Dictionary<string, object>
    {
        ["path"] = _database.Path,
        ["reopened"] = Volatile.Read(ref _generation),
        ["unreadable_rows"] = Volatile.Read(ref _unreadable),
        ["expired_rows"] = _retention.Purged,
    };

    /// <inheritdoc/>
    public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout)
    {
        var sought = key;
        var row = Run(timeout, (connection, patience) =>
        {
            connection.Timeout = patience.Left;
            return connection.Find(sought);
        });
        return AssignmentOf(key, row);
    }

    /// <inheritdoc/>
    public ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Find(key, _timeout));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The variant key or the allocation version of <paramref name="candidate"/> is longer than 16,384 bytes of UTF-8.</exception>
    public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        RequireLength(candidate.VariantKey, nameof(candidate));
        RequireLength(candidate.AllocationVersion, nameof(candidate));
        var sought = key;
        var now = _time.GetUtcNow();
        var row = Run(timeout, (connection, patience) =>
        {
            // Read first: no writer holds that up.
            connection.Timeout = patience.Left;
            var standing = connection.Find(sought);
            if (standing?.Assignment is { } assignment && assignment != expected)
            {
                return standing;
            }

            connection.Timeout = patience.Left;
            return connection.CompareAndSet(sought, candidate, expected, now);
        });
        return AssignmentOf(key, row) is { } stands && stands != expected ? stands : null;
    }

    /// <inheritdoc/>
    public ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Assign(key, candidate, expected, _timeout));

    /// <inheritdoc/>
    /// <remarks>What was deleted is overwritten in the file, and in the write-ahead log as soon as nobody reads from it.</remarks>
    public ValueTask<long> ForgetAsync(
        string subjectId, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(subjectId);
        cancellationToken.ThrowIfCancellationRequested();
        var deleted = Run(_timeout, (connection, patience) =>
        {
            connection.Timeout = patience.Left;
            return connection.Forget(subjectId, subjectType ?? "", tenantId ?? "");
        });
        _retention.EmptyLog();
        return ValueTask.FromResult((long)deleted);
    }

    /// <summary>Closes the file. Calls that are under way end first, and close what they use.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _retention.Dispose();
        lock (_reopening)
        {
            _pool.Close();
        }
    }

    private static void RequireLength(string? text, string parameterName)
    {
        if (text is not null && System.Text.Encoding.UTF8.GetByteCount(text) > AssignmentConnection.MaxTextBytes)
        {
            throw new ArgumentException($"The variant key or allocation version is longer than {AssignmentConnection.MaxTextBytes} bytes.", parameterName);
        }
    }

    private StoredAssignment? AssignmentOf(in AssignmentKey key, AssignmentRow? row)
    {
        if (row is { Assignment: null } && Interlocked.Increment(ref _unreadable) == 1)
        {
            LogUnreadable(key.ExperimentName, _database.Path);
        }

        if (row is { Assignment: not null })
        {
            _retention.Saw(key, row.LastSeenAt);
        }

        return row?.Assignment;
    }

    private AssignmentPool Begin(TimeSpan timeout, DateTimeOffset now, out (string Path, Exception Damage)? aside)
    {
        try
        {
            return new AssignmentPool(_database, _file.OpenOrBegin(timeout, now, out aside));
        }
        catch (Exception exception) when (exception is SqliteException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"SQLite file '{_database.Path}' cannot keep assignments: {exception.Message} Check that its folder exists and can be written to, that it is an SQLite file, and that it is not an outbox.", exception);
        }
    }

    /// <summary>Runs a call. A file that was deleted, replaced or damaged is opened anew, once.</summary>
    private T Run<T>(TimeSpan timeout, Func<AssignmentConnection, Patience, T> call)
    {
        var patience = new Patience(_time, timeout);
        var pool = _pool;
        if (TryRun(pool, patience, call, out var result) is not { } loss)
        {
            return result!;
        }

        Reopen(pool, loss, patience);
        return TryRun(_pool, patience, call, out result) is { } again ? throw again : result!;
    }

    /// <returns>Why the file has to be opened anew; null when the call was answered.</returns>
    private Exception? TryRun<T>(AssignmentPool pool, Patience patience, Func<AssignmentConnection, Patience, T> call, out T? result)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        result = default;
        AssignmentConnection? connection = null;
        try
        {
            connection = pool.TryRent(patience.Left);
            if (connection?.IsMoved != false)
            {
                Release(pool, connection);
                return new FileNotFoundException("The file was deleted or replaced while it was open.", _database.Path);
            }

            result = call(connection, patience);
            pool.Return(connection);
            return null;
        }
        catch (TimeoutException)
        {
            Release(pool, connection);
            throw;
        }
        catch (SqliteException exception) when (AssignmentFile.IsDamage(exception) || (exception.SqliteErrorCode == raw.SQLITE_CANTOPEN && !File.Exists(_database.Path)))
        {
            Release(pool, connection);
            return exception;
        }
        catch when (connection is not null)
        {
            pool.Discard(connection);
            throw;
        }
    }

    private static void Release(AssignmentPool pool, AssignmentConnection? connection)
    {
        if (connection is not null)
        {
            pool.Return(connection);
        }
    }

    private void Reopen(AssignmentPool lost, Exception loss, Patience patience)
    {
        var now = _time.GetUtcNow();
        var left = patience.Left;
        if (!_reopening.TryEnter(left > TimeSpan.Zero ? left : TimeSpan.Zero))
        {
            throw SafeText.Own(new TimeoutException("Another call is opening the SQLite file anew."));
        }

        (string Path, Exception Damage)? aside = null;
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_pool != lost)
            {
                return;
            }

            if (!lost.TryDrain(left))
            {
                throw SafeText.Own(new TimeoutException("Other calls still use the SQLite file that must be opened anew."));
            }

            // What another process has set aside already is a new file by now.
            var isMoved = lost.LeaveMoved();
            lost.Close();
            if (loss is SqliteException exception && AssignmentFile.IsDamage(exception) && !isMoved)
            {
                aside = (DamagedFile.SetAside(_database.Path, now), loss);
            }

            _pool = Begin(left, now, out var other);
            aside ??= other;
            Interlocked.Increment(ref _generation);
        }
        finally
        {
            _reopening.Exit();
        }

        LogAside(aside);
        if (aside is null)
        {
            LogReopened(_database.Path);
        }
    }

    private void LogAside((string Path, Exception Damage)? aside)
    {
        if (aside is { } damaged)
        {
            LogDamaged(_database.Path, damaged.Path, damaged.Damage);
        }
    }

    [LoggerMessage(101, LogLevel.Error, "The assignment file '{Path}' is damaged. It was set aside as '{Aside}', with the assignments in it, and a new one begun.", EventName = "AssignmentFileDamaged")]
    private partial void LogDamaged(string path, string aside, Exception exception);

    [LoggerMessage(102, LogLevel.Error,
        "The assignment file '{Path}' was deleted or replaced while it was open. The file that is there now was opened; assignments that this process remembers are written to it as their subjects return.", EventName = "AssignmentFileReopened")]
    private partial void LogReopened(string path);

    [LoggerMessage(103, LogLevel.Warning,
        "An assignment of experiment {Experiment} in '{Path}' cannot be read: its variant or allocation version is not text, not UTF-8, empty or too long. Such rows are replaced when their subject is next assigned, and counted as unreadable_rows in health.", EventName = "AssignmentRowUnreadable")]
    private partial void LogUnreadable(string experiment, string path);

    /// <summary>One call's timeout, which all that it waits for share.</summary>
    private readonly struct Patience(TimeProvider time, TimeSpan timeout)
    {
        private readonly long _begunAt = time.GetTimestamp();

        public TimeSpan Left => timeout - time.GetElapsedTime(_begunAt);
    }
}
