using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>A pool of connections to one file. Concurrent calls use separate connections, and readers do not wait for a writer.</summary>
internal sealed class AssignmentPool
{
    private readonly SqliteDatabase _database;
    private readonly ConcurrentBag<AssignmentConnection> _idle = [];
    private int _rented;
    private volatile bool _isDraining;
    private volatile bool _isClosed;

    public AssignmentPool(SqliteDatabase database, AssignmentConnection first)
    {
        _database = database;
        _idle.Add(first);
    }

    /// <summary>Rents an idle connection, or opens one.</summary>
    /// <returns>The connection; null if the file is about to be reopened.</returns>
    public AssignmentConnection? TryRent(TimeSpan timeout)
    {
        Interlocked.Increment(ref _rented);
        if (_isDraining)
        {
            Interlocked.Decrement(ref _rented);
            return null;
        }

        try
        {
            return _idle.TryTake(out var idle) ? idle : new AssignmentConnection(_database.Open(timeout), _database.Path);
        }
        catch
        {
            Interlocked.Decrement(ref _rented);
            throw;
        }
    }

    /// <summary>Returns a connection to the pool.</summary>
    public void Return(AssignmentConnection connection)
    {
        _idle.Add(connection);
        Interlocked.Decrement(ref _rented);
        if (_isClosed)
        {
            CloseIdle();
        }
    }

    /// <summary>Closes a connection that failed.</summary>
    public void Discard(AssignmentConnection connection)
    {
        connection.Dispose();
        Interlocked.Decrement(ref _rented);
    }

    /// <summary>
    /// Waits for the rented connections and rents no others. Before a file with the same name is opened, all connections to the old one must be
    /// closed: SQLite finds shared memory and the write-ahead log by name, and the two files would share them.
    /// </summary>
    /// <returns>False if some connections are still in use.</returns>
    public bool TryDrain(TimeSpan timeout)
    {
        _isDraining = true;
        return SpinWait.SpinUntil(() => Volatile.Read(ref _rented) == 0, timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero);
    }

    /// <summary>
    /// Returns whether the path no longer refers to the open file. Call <see cref="TryDrain"/> first. Empties the write-ahead log that was left next to the new
    /// file but does not belong to it.
    /// </summary>
    /// <exception cref="TimeoutException">The write-ahead log is in use by another process.</exception>
    public bool LeaveMoved()
    {
        if (!_idle.TryPeek(out var connection))
        {
            return true;
        }

        var isMoved = connection.IsMoved;
        connection.Timeout = TimeSpan.Zero;
        connection.SetMoved();
        if (isMoved)
        {
            connection.EmptyMovedLog();
        }

        return isMoved;
    }

    /// <summary>Closes the connections; those in use are closed when they are returned.</summary>
    public void Close()
    {
        _isClosed = true;
        CloseIdle();
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var idle))
        {
            idle.Dispose();
        }
    }
}
