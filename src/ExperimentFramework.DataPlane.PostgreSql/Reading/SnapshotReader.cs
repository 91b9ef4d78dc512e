using System.Data;
using System.Net.Sockets;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Reads the events of all tables from one snapshot, merged by their times.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="schema">The schema's name.</param>
/// <param name="onUnreadableRow">Receives each row that is not an event; null to end reading with an exception.</param>
internal sealed class SnapshotReader(NpgsqlDataSource dataSource, string schema, Action<string>? onUnreadableRow) : IAsyncDisposable
{
    private const string Page = "docs/how-to/destinations/write-postgresql.md#privileges";

    private readonly ServerFaultTranslator _faults = new(dataSource, schema, Page);
    private readonly PriorityQueue<(DataPlaneEnvelope Envelope, EventCursor Cursor), (DateTimeOffset Time, Guid Id)> _next = new();
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private EventCursor? _latest;

    /// <summary>Reads the next event.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="InvalidDataException">A row is not an event, and there is no callback for such rows.</exception>
    /// <exception cref="IOException">The server cannot be reached or refuses the role, or the tables do not exist.</exception>
    /// <exception cref="TimeoutException">The server did not respond in time.</exception>
    public async ValueTask<DataPlaneEnvelope?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_connection is null)
            {
                await OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (_latest is { } latest)
            {
                await EnqueueNextAsync(latest, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or SocketException)
        {
            throw _faults.Translate(exception);
        }

        (var envelope, _latest) = _next.TryDequeue(out var earliest, out _) ? earliest : default;
        return envelope;
    }

    public async ValueTask DisposeAsync()
    {
        if (_transaction is { } transaction)
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
        }

        if (_connection is { } connection)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        _connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

        // One snapshot for all tables: an account is not read without the events that it counts.
        _transaction = await _connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        foreach (var table in EventTables.All)
        {
            var cursor = new EventCursor(table, schema, onUnreadableRow);
            await cursor.OpenAsync(_connection, cancellationToken).ConfigureAwait(false);
            await EnqueueNextAsync(cursor, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask EnqueueNextAsync(EventCursor cursor, CancellationToken cancellationToken)
    {
        if (await cursor.NextAsync(_connection!, cancellationToken).ConfigureAwait(false) is { } envelope)
        {
            _next.Enqueue((envelope, cursor), (envelope.Timestamp, envelope.EventId));
        }
    }
}
