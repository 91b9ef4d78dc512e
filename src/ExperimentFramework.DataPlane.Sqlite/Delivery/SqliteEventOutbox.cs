using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// An outbox in an SQLite file. What a committed transaction wrote survives the process, however it ends; after a loss of power the
/// last transactions may be missing, and the file is whole.
/// </summary>
internal sealed class SqliteEventOutbox : IEventOutbox, IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly DurableOutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly SqliteCommand _append;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _remove;
    private readonly SqliteCommand _compact;

    /// <summary>One connection, one user at a time.</summary>
    private readonly SemaphoreSlim _gate = new(1);

    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private long _bytes;

    public SqliteEventOutbox(string path, DurableOutboxOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _connection = OutboxFile.Open(path, time, logger);
        _append = Command(
            "INSERT INTO event (destination, position, experiment, variant, stored_at, size, envelope) VALUES ($destination, $position, $experiment, $variant, $stored_at, $size, $envelope);",
            "$destination", "$position", "$experiment", "$variant", "$stored_at", "$size", "$envelope");
        _read = Command(
            "SELECT position, experiment, variant, stored_at, size, envelope FROM event WHERE destination = $destination ORDER BY position LIMIT $max;",
            "$destination", "$max");
        _remove = Command("DELETE FROM event WHERE destination = $destination AND position = $position RETURNING size;", "$destination", "$position");
        _compact = Command("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);");
        Recount();
    }

    public long NextPosition(string destination) => Exclusively(() =>
    {
        using var last = Command("SELECT max(position) FROM event WHERE destination = $destination;", "$destination");
        last.Parameters[0].Value = destination;
        return last.ExecuteScalar() is long position ? position + 1 : 0;
    });

    public long Count(string destination) => _counts.GetValueOrDefault(destination);

    public int Append(string destination, IReadOnlyList<QueuedEnvelope> events, Action<string, string, string> lost) => Exclusively(() =>
    {
        var (taken, stored) = (0, 0);
        var bytes = 0L;
        List<DataPlaneEvent> unwritable = [];
        using (var transaction = _connection.BeginTransaction())
        {
            _append.Transaction = transaction;
            foreach (var (envelope, position) in events)
            {
                if (TryWrite(envelope) is not { } json)
                {
                    unwritable.Add(envelope.Payload);
                    taken++;
                    continue;
                }

                var size = Encoding.UTF8.GetByteCount(json);
                if (_bytes + bytes + size > _options.MaxBytes)
                {
                    break;
                }

                Set(_append, destination, position, envelope.Payload.ExperimentName, DropLedger.VariantOf(envelope.Payload), _time.GetUtcNow().UtcTicks, size, json);
                _append.ExecuteNonQuery();
                bytes += size;
                stored++;
                taken++;
            }

            transaction.Commit();
        }

        Added(destination, stored, bytes);
        unwritable.ForEach(payload => lost(payload.ExperimentName, DropLedger.VariantOf(payload), DropReasons.Serialization));
        return taken;
    });

    public void Read(string destination, List<QueuedEnvelope> into, int max, Action<string, string, string> lost) => Exclusively(() =>
    {
        List<GivenUp> given = [];
        do
        {
            given.Clear();
            Read(destination, into, max, given);

            // Counted once they are gone: while they cannot be removed, each reading finds them again.
            Remove(destination, given.Select(row => row.Position).ToArray());
            given.ForEach(row => lost(row.Experiment, row.Variant, row.Reason));
        }
        while (into.Count == 0 && given.Count > 0);
        return into.Count;
    });

    public void Remove(string destination, IReadOnlyList<QueuedEnvelope> events) => Exclusively(() =>
    {
        Remove(destination, events.Select(queued => queued.Position).ToArray());
        return events.Count;
    });

    public void Dispose()
    {
        _append.Dispose();
        _read.Dispose();
        _remove.Dispose();
        _compact.Dispose();
        _connection.Dispose();
        _gate.Dispose();
    }

    private void Read(string destination, List<QueuedEnvelope> into, int max, List<GivenUp> given)
    {
        var oldest = (_time.GetUtcNow() - _options.MaxAge).UtcTicks;
        Set(_read, destination, max);
        using var rows = _read.ExecuteReader();
        while (rows.Read())
        {
            var position = rows.GetInt64(0);
            if (rows.GetInt64(3) < oldest)
            {
                given.Add(new GivenUp(position, rows.GetString(1), rows.GetString(2), DropReasons.OutboxExpired));
            }
            else if (TryParse(rows.GetString(5)) is { } envelope)
            {
                into.Add(new QueuedEnvelope(envelope, position));
            }
            else
            {
                given.Add(new GivenUp(position, rows.GetString(1), rows.GetString(2), DropReasons.Serialization));
            }
        }
    }

    private void Remove(string destination, long[] positions)
    {
        if (positions.Length == 0)
        {
            return;
        }

        var removed = 0;
        var bytes = 0L;
        using (var transaction = _connection.BeginTransaction())
        {
            _remove.Transaction = transaction;
            foreach (var position in positions)
            {
                Set(_remove, destination, position);
                if (_remove.ExecuteScalar() is long size)
                {
                    removed++;
                    bytes += size;
                }
            }

            transaction.Commit();
        }

        Added(destination, -removed, -bytes);
        if (_bytes == 0)
        {
            // An outage leaves a large file behind, and this gives the disk back.
            _compact.ExecuteNonQuery();
        }
    }

    private void Added(string destination, int count, long bytes)
    {
        _bytes += bytes;
        _counts.AddOrUpdate(destination, count, (_, before) => before + count);
    }

    private void Recount()
    {
        using var count = Command("SELECT destination, count(*), sum(size) FROM event GROUP BY destination;");
        using var rows = count.ExecuteReader();
        while (rows.Read())
        {
            Added(rows.GetString(0), rows.GetInt32(1), rows.GetInt64(2));
        }
    }

    /// <summary>The event as text; null where it cannot be one, which must not keep its neighbours from being stored.</summary>
    private static string? TryWrite(DataPlaneEnvelope envelope)
    {
        try
        {
            return DataPlaneJson.Serialize(envelope);
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static DataPlaneEnvelope? TryParse(string json)
    {
        try
        {
            return DataPlaneJson.Deserialize(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private T Exclusively<T>(Func<T> use)
    {
        _gate.Wait();
        try
        {
            return use();
        }
        finally
        {
            _gate.Release();
        }
    }

    private SqliteCommand Command(string text, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter, DBNull.Value);
        }

        return command;
    }

    private static void Set(SqliteCommand command, params object[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }

    /// <summary>A row that is not delivered.</summary>
    private readonly record struct GivenUp(long Position, string Experiment, string Variant, string Reason);
}
