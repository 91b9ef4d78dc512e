using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Reads the events of one table, a few at a time: the server keeps the others.</summary>
/// <param name="table">The table.</param>
/// <param name="schema">The schema's name.</param>
/// <param name="onUnreadableRow">Receives each row that is not an event; null to end reading with an exception.</param>
internal sealed class EventCursor(EventTable table, string schema, Action<string>? onUnreadableRow)
{
    /// <summary>The rows that are in memory at once.</summary>
    private const int BatchRows = 1_000;

    private readonly string _fetch = string.Create(CultureInfo.InvariantCulture, $"FETCH FORWARD {BatchRows} FROM read_{table.Name}");
    private readonly Queue<DataPlaneEnvelope> _fetched = new(BatchRows);
    private readonly RepeatedJson _repeated = new();
    private bool _isAtEnd;

    /// <summary>Opens the cursor, which lives as long as the transaction.</summary>
    public async Task OpenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand($"DECLARE read_{table.Name} NO SCROLL CURSOR FOR {EventQueries.Of(table, schema)}", connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the next event.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="InvalidDataException">A row is not an event, and there is no callback for such rows.</exception>
    public async ValueTask<DataPlaneEnvelope?> NextAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (_fetched.Count == 0 && !_isAtEnd)
        {
            await FetchAsync(connection, cancellationToken).ConfigureAwait(false);
        }

        return _fetched.TryDequeue(out var next) ? next : null;
    }

    private async Task FetchAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(_fetch, connection);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                _isAtEnd = true;
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    _isAtEnd = false;
                    if (Read(await reader.GetFieldValueAsync<byte[]>(0, cancellationToken).ConfigureAwait(false)) is { } envelope)
                    {
                        _fetched.Enqueue(envelope);
                    }
                }
            }
        }
    }

    private DataPlaneEnvelope? Read(byte[] json)
    {
        try
        {
            return DataPlaneJson.Deserialize(json, _repeated);
        }
        catch (JsonException exception)
        {
            // The message names the field, and quotes no value.
            var message = $"A row of the table {schema}.{table.Name} is not an event that this version can read. {exception.Message}";
            if (onUnreadableRow is null)
            {
                throw new InvalidDataException(message, exception);
            }

            onUnreadableRow(message);
            return null;
        }
    }
}
