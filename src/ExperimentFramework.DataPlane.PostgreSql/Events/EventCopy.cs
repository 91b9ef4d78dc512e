using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Writes events in one transaction: by a plain COPY into each table, which is fastest, or, if some rows may exist already, by a COPY into a temporary table
/// and an INSERT of the rows that are missing. Such batches often follow one another, for example after a crash or an outage, so the connection with the temporary tables is kept
/// from one to the next: creating and dropping the tables takes half the time of a batch of 500.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="schema">The schema's name.</param>
internal sealed class EventCopy(NpgsqlDataSource dataSource, string schema) : IDisposable
{
    private const int MinPoolSize = 4;

    private readonly CopyBuffer _rows = new();
    private readonly EventStatements _statements = new(schema);

    /// <summary>Whether enough connections remain for the other users of the pool (health, partitions, the assignment store) if one is kept.</summary>
    private readonly bool _mayKeep = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString).MaxPoolSize >= MinPoolSize;

    /// <summary>The connection of the last batch, if some of its events existed; null while it is in use.</summary>
    private NpgsqlConnection? _kept;
    private volatile bool _isDisposed;

    /// <summary>Writes all events, or none.</summary>
    /// <param name="events">The events, at least one.</param>
    /// <param name="mayExist">Whether some may have been written before.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>False if nothing was written, because a unique index that was added to a table may have refused an event that is not stored.</returns>
    public async Task<bool> WriteAsync(IReadOnlyList<DataPlaneEnvelope> events, bool mayExist, CancellationToken cancellationToken)
    {
        var connection = Interlocked.Exchange(ref _kept, null) ?? await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        var areRepeats = false;
        try
        {
            var isWritten = await WriteAsync(connection, events, mayExist, cancellationToken).ConfigureAwait(false);
            areRepeats = mayExist;
            return isWritten;
        }
        catch (Exception exception) when (ServerFault.IsDuplicate(exception))
        {
            areRepeats = true;
            throw;
        }
        finally
        {
            if (areRepeats && _mayKeep)
            {
                Interlocked.Exchange(ref _kept, connection)?.Dispose();
                if (_isDisposed)
                {
                    Release();
                }
            }
            else
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Closes the connection that is kept. A connection in use is closed afterwards.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Release();
    }

    private void Release() => Interlocked.Exchange(ref _kept, null)?.Dispose();

    private async Task<bool> WriteAsync(NpgsqlConnection connection, IReadOnlyList<DataPlaneEnvelope> events, bool mayExist, CancellationToken cancellationToken)
    {
        var first = EventTables.Of(events[0].Payload);
        if (!mayExist && events.All(envelope => EventTables.Of(envelope.Payload) == first))
        {
            // A single COPY is its own transaction, which saves a round trip.
            await CopyAsync(connection, first, events, _statements.Copy(first), cancellationToken).ConfigureAwait(false);
            return true;
        }

        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            foreach (var table in EventTables.All)
            {
                var own = events.Where(envelope => EventTables.Of(envelope.Payload) == table).ToList();
                if (own.Count > 0 && !await WriteAsync(connection, table, own, mayExist, cancellationToken).ConfigureAwait(false))
                {
                    return false;
                }
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    private async Task<bool> WriteAsync(NpgsqlConnection connection, EventTable table, List<DataPlaneEnvelope> events, bool mayExist, CancellationToken cancellationToken)
    {
        if (!mayExist)
        {
            await CopyAsync(connection, table, events, _statements.Copy(table), cancellationToken).ConfigureAwait(false);
            return true;
        }

        await ExecuteAsync(connection, EventStatements.CreateTemporary(table), cancellationToken).ConfigureAwait(false);
        await CopyAsync(connection, table, events, EventStatements.CopyToTemporary(table), cancellationToken).ConfigureAwait(false);
        using var insert = new NpgsqlCommand(_statements.InsertMissing(table), connection);
        return await insert.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is false;
    }

    private async Task CopyAsync(NpgsqlConnection connection, EventTable table, IReadOnlyList<DataPlaneEnvelope> events, string statement, CancellationToken cancellationToken)
    {
        Encode(table, events);
        var copy = await connection.BeginRawBinaryCopyAsync(statement, cancellationToken).ConfigureAwait(false);
        try
        {
            // The end of the COPY is awaited without a token, so it needs a time limit.
            copy.ReadTimeout = copy.WriteTimeout = TimeLimit(connection);
            await copy.WriteAsync(_rows.Written, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await AbortAsync(copy).ConfigureAwait(false);
            throw;
        }

        await copy.DisposeAsync().ConfigureAwait(false);
    }

    private void Encode(EventTable table, IReadOnlyList<DataPlaneEnvelope> events)
    {
        try
        {
            _rows.Begin();
            for (var i = 0; i < events.Count; i++)
            {
                table.Write(_rows, events[i]);
            }

            _rows.End();
        }
        catch (Exception exception) when (!SafeText.IsOwn(exception))
        {
            // Attributes and metadata are collections of the application, which may throw.
            throw SafeText.Own(new EventRejectedException("The event cannot be written: reading its attributes or metadata fails.", exception));
        }
    }

    /// <summary>Disposing a COPY completes it, so one that has failed is canceled first.</summary>
    private static async Task AbortAsync(NpgsqlRawCopyStream copy)
    {
        try
        {
            await copy.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The connection is broken, and the caller receives the exception that broke it.
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The time limit of commands, in milliseconds.</summary>
    private static int TimeLimit(NpgsqlConnection connection) => connection.CommandTimeout is > 0 and < 3_600 and var seconds ? seconds * 1_000 : 3_600_000;
}
