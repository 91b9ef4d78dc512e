using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Stores assignments in an SQLite file. They survive the process, and all processes that open the file see the same ones. Hosts
/// do not, so the store is not shared as <see cref="AssignmentPolicy.GloballySticky"/> requires.
/// </summary>
/// <remarks>
/// The file is local, so the asynchronous members complete their work synchronously. A timeout limits the wait for a locked file;
/// it does not limit the disk's own reads and writes. A full or read-only disk, a missing folder and other faults that concern all subjects are reported as
/// an <see cref="IOException"/>. Only the owner of the file can access it. A damaged file is renamed, with <c>.damaged-</c> and the time in its name. A file that
/// was deleted or replaced while it was open is detected by the next call, which opens the new one.
/// </remarks>
public sealed partial class SqliteAssignmentStore : IAssignmentStore, IDisposable
{
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(10);

    private readonly SqliteDatabase _database;
    private readonly AssignmentFile _file;
    private readonly DeletedAssignments _deleted;
    private readonly AssignmentRetention _retention;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly NonThrowingLogger _logger;
    private readonly Lock _reopening = new();
    private volatile AssignmentPool _pool;
    private volatile bool _isDisposed;
    private long _generation;
    private long _unreadable;

    /// <summary>Opens the file, creates it if it is missing, and migrates its table to the latest version.</summary>
    /// <param name="databasePath">The path of the file. Its folder must exist. Connection strings and <c>:memory:</c> are not supported.</param>
    /// <param name="timeout">
    /// How long asynchronous calls wait for a locked file, from 0 to 10 seconds; synchronous calls specify their own
    /// timeout. Default: 50 milliseconds.
    /// </param>
    /// <param name="timeProvider">The clock. Default: the system clock.</param>
    /// <param name="retention">How long an assignment is kept after its subject was last seen, from 1 hour to 3,650 days. Default: 365 days.</param>
    /// <param name="logger">
    /// Logs damaged, deleted and unreadable data. <c>AddSqliteAssignmentStore</c> uses the category
    /// <see cref="DataPlaneLogCategories.Assignment"/>. Default: no logging.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="databasePath"/> is not the path of a file.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> or <paramref name="retention"/> is outside its range.</exception>
    /// <exception cref="InvalidOperationException">The file cannot be used; the message states the reason.</exception>
    public SqliteAssignmentStore(
        string databasePath, TimeSpan? timeout = null, TimeProvider? timeProvider = null, TimeSpan? retention = null, ILogger? logger = null)
    {
        _database = new SqliteDatabase(DatabasePath.Validate(databasePath, nameof(databasePath)));
        _timeout = timeout ?? TimeSpan.FromMilliseconds(50);
        ArgumentOutOfRangeException.ThrowIfLessThan(_timeout, TimeSpan.Zero, nameof(timeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_timeout, MaxTimeout, nameof(timeout));
        var effectiveRetention = retention ?? SqliteAssignmentStoreOptions.DefaultRetention;
        if (!SqliteAssignmentStoreOptionRanges.Retention.Contains(effectiveRetention))
        {
            throw new ArgumentOutOfRangeException(nameof(retention), effectiveRetention, $"It must be {SqliteAssignmentStoreOptionRanges.Retention}.");
        }

        _time = timeProvider ?? TimeProvider.System;
        _logger = NonThrowingLogger.Of(logger ?? NullLogger.Instance);
        _file = new AssignmentFile(_database);
        (string Path, Exception Damage)? aside;
        try
        {
            _pool = Begin(SqliteDatabase.StartTimeout, _time.GetUtcNow(), out aside);
        }
        catch (Exception exception) when (exception is SqliteException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(Unusable(exception), exception);
        }

        LogAside(aside);
        _deleted = new DeletedAssignments(_database.Path, _time, _logger, work => Run(_timeout, (connection, _) => work(connection)));
        _retention = new AssignmentRetention(
            _database.Path, effectiveRetention, _time, _logger, work => Run(_timeout, (connection, _) => work(connection)), _deleted.EmptyLog);
    }

    /// <summary>Always false: every host has its own file.</summary>
    public bool IsShared => false;

    /// <summary>Changes when the file was replaced, so that cached assignments are read, and written, again.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>The path of the file, how often it was reopened, how many rows could not be read, and how many have expired.</summary>
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
        var requested = key;
        var row = Run(timeout, (connection, deadline) =>
        {
            connection.Timeout = deadline.Remaining;
            return connection.Find(requested);
        });
        return AssignmentOf(key, row);
    }

    /// <inheritdoc/>
    /// <remarks>SQLite has no asynchronous calls: this one runs on the caller's thread and cannot be canceled once it has begun.</remarks>
    public ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<StoredAssignment?>(cancellationToken) : ValueTask.FromResult(Find(key, _timeout));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The variant key or the allocation version of <paramref name="candidate"/> is longer than 16,384 bytes of UTF-8.</exception>
    public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        RequireLength(candidate.VariantKey, nameof(candidate));
        RequireLength(candidate.AllocationVersion, nameof(candidate));
        var requested = key;
        var now = _time.GetUtcNow();
        var row = Run(timeout, (connection, deadline) =>
        {
            // Read first, because readers do not wait for writers.
            connection.Timeout = deadline.Remaining;
            var existing = connection.Find(requested);
            if (existing?.Assignment is { } assignment && assignment != expected)
            {
                return existing;
            }

            connection.Timeout = deadline.Remaining;
            return connection.CompareAndSet(requested, candidate, expected, now);
        });
        return AssignmentOf(key, row) is { } stored && stored != expected ? stored : null;
    }

    /// <inheritdoc/>
    /// <remarks>SQLite has no asynchronous calls: this one runs on the caller's thread and cannot be canceled once it has begun.</remarks>
    public ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<StoredAssignment?>(cancellationToken) : ValueTask.FromResult(Assign(key, candidate, expected, _timeout));

    /// <inheritdoc/>
    /// <remarks>Deleted data is overwritten in the file, and in the write-ahead log as soon as no connection reads from it.</remarks>
    public ValueTask<long> ForgetAsync(
        string subjectId, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(subjectId);
        cancellationToken.ThrowIfCancellationRequested();
        var deleted = Run(_timeout, (connection, deadline) =>
        {
            connection.Timeout = deadline.Remaining;
            return connection.Forget(subjectId, subjectType ?? "", tenantId ?? "");
        });
        _deleted.EmptyLog();
        return ValueTask.FromResult((long)deleted);
    }

    /// <summary>Closes the file. Calls in progress complete first and then close their connections.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _retention.Dispose();
        _deleted.Dispose();
        lock (_reopening)
        {
            _pool.Close();
        }
    }

    private static void RequireLength(string? text, string parameterName)
    {
        if (text is not null && System.Text.Encoding.UTF8.GetByteCount(text) > AssignmentConnection.MaxTextBytes)
        {
            throw new ArgumentException($"The variant key and the allocation version must not be longer than {AssignmentConnection.MaxTextBytes} bytes.", parameterName);
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

    private AssignmentPool Begin(TimeSpan timeout, DateTimeOffset now, out (string Path, Exception Damage)? aside) =>
        new(_database, _file.OpenOrBegin(timeout, now, out aside));

    private string Unusable(Exception exception) =>
        $"SQLite file '{_database.Path}' cannot be used for assignments: {exception.Message} Make sure that its folder exists and is writable, that it is an SQLite file, and that it is not an outbox.";

    /// <summary>Returns the exception for the caller of a store whose file cannot be opened again: an <see cref="IOException"/>, which means that the whole store is unavailable.</summary>
    private IOException Unavailable(Exception exception) => exception switch
    {
        IOException fault => fault,
        _ when FileFault.Remedy(exception) is { } remedy => SafeText.Own(new IOException(remedy, exception)),
        _ => new IOException(Unusable(exception), exception),
    };

    /// <summary>Runs a call. If the file was deleted, replaced or damaged, it is reopened once.</summary>
    /// <exception cref="IOException">The file, its folder or its disk cannot be used now, whatever the subject.</exception>
    private T Run<T>(TimeSpan timeout, Func<AssignmentConnection, Deadline, T> call)
    {
        var deadline = new Deadline(_time, timeout);
        var pool = _pool;
        if (TryRun(pool, deadline, call, out var result) is not { } loss)
        {
            return result!;
        }

        Reopen(pool, loss, deadline);
        return TryRun(_pool, deadline, call, out result) is { } again ? throw Unavailable(again) : result!;
    }

    /// <returns>The reason why the file must be reopened; null if the call succeeded.</returns>
    private Exception? TryRun<T>(AssignmentPool pool, Deadline deadline, Func<AssignmentConnection, Deadline, T> call, out T? result)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        result = default;
        AssignmentConnection? connection = null;
        try
        {
            connection = pool.TryRent(deadline.Remaining);
            if (connection?.IsMoved != false)
            {
                Release(pool, connection);
                return new FileNotFoundException("The SQLite file was deleted or replaced while it was open.", _database.Path);
            }

            result = call(connection, deadline);
            pool.Return(connection);
            return null;
        }
        catch (TimeoutException)
        {
            Release(pool, connection);
            throw;
        }
        catch (SqliteException exception) when (SqliteDatabase.IsDamage(exception) || (exception.SqliteErrorCode == raw.SQLITE_CANTOPEN && !File.Exists(_database.Path)))
        {
            Release(pool, connection);
            return exception;
        }
        catch (Exception exception)
        {
            if (connection is not null)
            {
                pool.Discard(connection);
            }

            if (FileFault.Remedy(exception) is not null)
            {
                throw Unavailable(exception);
            }

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

    private void Reopen(AssignmentPool lost, Exception loss, Deadline deadline)
    {
        var now = _time.GetUtcNow();
        var remaining = deadline.Remaining;
        if (!_reopening.TryEnter(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero))
        {
            throw SafeText.Own(new TimeoutException("The timeout expired while another call was reopening the SQLite file."));
        }

        (string Path, Exception Damage)? aside = null;
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_pool != lost)
            {
                return;
            }

            if (!lost.TryDrain(remaining))
            {
                throw SafeText.Own(new TimeoutException("The SQLite file must be reopened, but other calls were still using it when the timeout expired."));
            }

            // If another process has already renamed the damaged file, the path now refers to a new one.
            var isMoved = lost.LeaveMoved();
            lost.Close();
            if (loss is SqliteException exception && SqliteDatabase.IsDamage(exception) && !isMoved)
            {
                aside = (DamagedFile.SetAside(_database.Path, now), loss);
            }

            _pool = Begin(remaining, now, out var other);
            aside ??= other;
            Interlocked.Increment(ref _generation);
        }
        catch (Exception exception) when (exception is not (TimeoutException or ObjectDisposedException))
        {
            throw Unavailable(exception);
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

    [LoggerMessage(101, LogLevel.Error, "The assignment file '{Path}' is damaged. It was renamed to '{Aside}', with its assignments, and a new file was created.", EventName = "AssignmentFileDamaged")]
    private partial void LogDamaged(string path, string aside, Exception exception);

    [LoggerMessage(102, LogLevel.Error,
        "The assignment file '{Path}' was deleted or replaced while it was open. The new file was opened; cached assignments are written to it as their subjects return.", EventName = "AssignmentFileReopened")]
    private partial void LogReopened(string path);

    [LoggerMessage(103, LogLevel.Warning,
        "An assignment of experiment {Experiment} in '{Path}' cannot be read: its variant or allocation version is not text, is not UTF-8, is empty or is too long. Such rows are counted as unreadable_rows in health, and replaced when their subject is assigned again.", EventName = "AssignmentRowUnreadable")]
    private partial void LogUnreadable(string experiment, string path);
}
