using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Keeps assignments in an SQLite file. They outlast the process, and all processes that open the file see the same ones; hosts
/// do not, so the store is not shared in the sense of <see cref="AssignmentPolicy.GloballySticky"/>.
/// </summary>
/// <remarks>
/// The file is on this host, so the asynchronous members do their work before they return. Calls at once each take a connection of
/// their own; readers do not wait for a writer.
/// </remarks>
public sealed class SqliteAssignmentStore : IAssignmentStore, IDisposable
{
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE assignment (
            experiment TEXT NOT NULL,
            tenant TEXT NOT NULL,
            subject_type TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            variant TEXT NOT NULL,
            allocation_version TEXT,
            assigned_at INTEGER NOT NULL,
            PRIMARY KEY (experiment, tenant, subject_type, subject_id)
        ) WITHOUT ROWID;
        """,
    ];

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(10);

    private readonly SqliteDatabase _database;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly ConcurrentBag<AssignmentConnection> _idle = [];
    private int _isDisposed;

    /// <summary>Opens the file, makes it where it is missing, and brings its table to the last version.</summary>
    /// <param name="databasePath">The file's path; its folder has to exist.</param>
    /// <param name="timeout">
    /// How long asynchronous calls wait for a file that is being written to, from 0 to 10 seconds; synchronous ones say so
    /// themselves. Default: 50 milliseconds.
    /// </param>
    /// <param name="timeProvider">The clock for the time of assignment. Default: the system's.</param>
    /// <exception cref="ArgumentException"><paramref name="databasePath"/> is null or empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is less than 0 or more than 10 seconds.</exception>
    /// <exception cref="InvalidOperationException">The file cannot be used; the message says why.</exception>
    public SqliteAssignmentStore(string databasePath, TimeSpan? timeout = null, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(databasePath);
        _database = new SqliteDatabase(databasePath);
        _timeout = timeout ?? TimeSpan.FromMilliseconds(50);
        ArgumentOutOfRangeException.ThrowIfLessThan(_timeout, TimeSpan.Zero, nameof(timeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_timeout, MaxTimeout, nameof(timeout));
        _time = timeProvider ?? TimeProvider.System;
        try
        {
            _idle.Add(OpenFirst());
        }
        catch (Exception exception) when (exception is SqliteException or TimeoutException)
        {
            throw new InvalidOperationException(
                $"SQLite file '{databasePath}' cannot keep assignments: {exception.Message} Check that its folder exists and can be written to, that it is an SQLite file, and that it is not an outbox.", exception);
        }
    }

    /// <summary>False: every host has its own file.</summary>
    public bool IsShared => false;

    /// <summary>The file.</summary>
    public IReadOnlyDictionary<string, object> Diagnostics => new Dictionary<string, object> { ["path"] = _database.Path };

    /// <inheritdoc/>
    public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout) => Run(key, null, null, timeout);

    /// <inheritdoc/>
    public ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Find(key, _timeout));

    /// <inheritdoc/>
    public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return Run(key, candidate, replaced, timeout);
    }

    /// <inheritdoc/>
    public ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Assign(key, candidate, replaced, _timeout));

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            CloseIdle();
        }
    }

    private AssignmentConnection OpenFirst()
    {
        var connection = _database.OpenFirst();
        try
        {
            _database.Migrate(connection, "assignment", Migrations);
            return new AssignmentConnection(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private StoredAssignment? Run(in AssignmentKey key, StoredAssignment? candidate, StoredAssignment? replaced, TimeSpan timeout)
    {
        var patience = new Patience(_time, timeout);
        var connection = Rent(timeout);
        try
        {
            var standing = candidate is null ? Find(connection, key, patience) : Assign(connection, key, candidate, replaced, patience);
            Return(connection);
            return standing;
        }
        catch (TimeoutException)
        {
            Return(connection);
            throw;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static StoredAssignment? Find(AssignmentConnection connection, in AssignmentKey key, Patience patience)
    {
        connection.Timeout = patience.Left;
        return connection.Find(key);
    }

    /// <summary>Reads first, which no writer holds up; each write is one statement, so another's in between is seen by the next turn.</summary>
    private StoredAssignment? Assign(AssignmentConnection connection, in AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, Patience patience)
    {
        while (true)
        {
            var standing = Find(connection, key, patience);
            if (standing is not null && standing != replaced)
            {
                return standing;
            }

            var now = _time.GetUtcNow();
            connection.Timeout = patience.Left;
            if (standing is null ? connection.Insert(key, candidate, now) : connection.Replace(key, candidate, standing, now))
            {
                return null;
            }
        }
    }

    private AssignmentConnection Rent(TimeSpan timeout)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        return _idle.TryTake(out var idle) ? idle : new AssignmentConnection(_database.Open(timeout));
    }

    private void Return(AssignmentConnection connection)
    {
        _idle.Add(connection);
        if (Volatile.Read(ref _isDisposed) != 0)
        {
            CloseIdle();
        }
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var idle))
        {
            idle.Dispose();
        }
    }

    /// <summary>One call's timeout, which all that it waits for share.</summary>
    private readonly struct Patience(TimeProvider time, TimeSpan timeout)
    {
        private readonly long _begunAt = time.GetTimestamp();

        public TimeSpan Left => timeout - time.GetElapsedTime(_begunAt);
    }
}
