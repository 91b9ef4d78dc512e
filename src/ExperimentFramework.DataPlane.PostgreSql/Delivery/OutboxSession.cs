using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// The session through which this process uses the outbox, for one user at a time. It holds the lock of the process's owner id, and the server releases that lock
/// when the session ends, however it ends; so no statement can run without the lock. The next call reopens a lost session.
/// </summary>
internal sealed class OutboxSession : IDisposable
{
    /// <summary>How long a call waits for the schema to be checked or migrated. The work continues in the background.</summary>
    private static readonly TimeSpan SchemaTimeout = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource _dataSource;
    private readonly string _schemaName;
    private readonly SchemaGate _schema;
    private readonly ServerFaultTranslator _faults;
    private readonly Lock _lock = new();
    private NpgsqlConnection? _connection;
    private OutboxRows? _rows;
    private bool _isCounted;
    private volatile bool _isDisposed;

    /// <param name="dataSource">The database.</param>
    /// <param name="options">The options.</param>
    /// <param name="application">The application whose processes share events.</param>
    /// <param name="faults">Translates exceptions of the server.</param>
    public OutboxSession(NpgsqlDataSource dataSource, PostgreSqlOutboxOptions options, string application, ServerFaultTranslator faults)
    {
        _dataSource = dataSource;
        _schemaName = options.Schema;
        Application = application;
        _schema = new SchemaGate(dataSource, options.Schema, OutboxSchema.Component, options.Migrate);
        _faults = faults;
    }

    /// <summary>The application whose processes share events.</summary>
    public string Application { get; }

    /// <summary>The id under which this process stores events. Read it only inside <see cref="Use"/>.</summary>
    public Guid Owner { get; private set; } = Guid.NewGuid();

    /// <summary>What this process has stored. Changed only inside <see cref="Use"/>.</summary>
    public OutboxTotals Totals { get; } = new();

    /// <summary>Runs an action that has exclusive use of the session.</summary>
    /// <exception cref="IOException">The outbox cannot be used now; the message says why.</exception>
    /// <exception cref="TimeoutException">The server did not answer in time.</exception>
    public T Use<T>(Func<OutboxRows, T> use)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                var rows = _rows ?? Open();
                if (!_isCounted)
                {
                    Totals.Set(rows.Totals(Owner));
                    _isCounted = true;
                }

                return use(rows);
            }
            catch (Exception exception)
            {
                // The answer to a statement that has changed something may have been lost.
                _isCounted = false;
                if (ServerFault.IsOutage(exception) || _connection?.State != System.Data.ConnectionState.Open)
                {
                    Close();
                    _schema.Forget();
                }

                throw _faults.Translate(exception);
            }
        }
    }

    /// <summary>Makes the next call count the stored events again, because another process has changed them. Called inside <see cref="Use"/>.</summary>
    public void Recount() => _isCounted = false;

    /// <summary>Ends the session after the current call. Remaining events are left for the application's other processes.</summary>
    public void Dispose()
    {
        // Set before the lock is released, so that calls that wait for it fail instead of each waiting for its time limit.
        _isDisposed = true;
        lock (_lock)
        {
            Close();
        }
    }

    /// <summary>Opens the session completely or not at all: a session without the lock or the row of its owner would store events that no process adopts.</summary>
    private OutboxRows Open()
    {
        EnsureSchema();
        var connection = _dataSource.OpenConnection();
        var rows = new OutboxRows(connection, _schemaName);
        try
        {
            SessionCheck.Require(_dataSource, connection);
            while (!rows.Lock(Owner))
            {
                // The server has not noticed yet that the last session is gone, or another process is adopting its events. Remaining events are adopted later.
                Owner = Guid.NewGuid();
            }

            rows.AddOwner(Owner, Application);
        }
        catch (Exception)
        {
            Release(connection, () => rows.Unlock(Owner));
            throw;
        }

        (_connection, _rows) = (connection, rows);
        return rows;
    }

    private void EnsureSchema()
    {
        using var limit = new CancellationTokenSource(SchemaTimeout);
        try
        {
            // IEventOutbox is synchronous, so this has to wait; the limit bounds the wait.
            _schema.EnsureAsync(limit.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException("The schema could not be checked in time.", exception);
        }
    }

    private void Close()
    {
        if (_connection is { } connection && _rows is { } rows)
        {
            (_connection, _rows) = (null, null);
            Release(connection, () =>
            {
                rows.Unlock(Owner);
                rows.RemoveOwner(Owner);
            });
        }
    }

    /// <summary>Closes a connection after an action that matters only while the server answers.</summary>
    private static void Release(NpgsqlConnection connection, Action before)
    {
        try
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                before();
            }
        }
        catch (Exception)
        {
            // The server releases the lock when it notices that the connection is broken, or when the pool resets it.
        }
        finally
        {
            connection.Dispose();
        }
    }
}
