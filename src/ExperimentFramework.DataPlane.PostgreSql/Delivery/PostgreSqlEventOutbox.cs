using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// An outbox in PostgreSQL that several processes share: each owns its events, and adopts those of processes that have ended. Events that
/// <see cref="Append"/> has accepted are committed.
/// </summary>
internal sealed class PostgreSqlEventOutbox : IEventOutbox, IHealthContributor, IDisposable
{
    private const string Page = "docs/how-to/destinations/outbox-postgresql.md#privileges";

    private readonly ServerConnection? _own;
    private readonly DatabaseAddress _address;
    private readonly OutboxSession _session;
    private readonly OutboxDrops _drops;
    private readonly PostgreSqlOutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly ExpiryClock _expiry;
    private readonly NonThrowingLogger _logger;
    private readonly ConcurrentDictionary<string, Action> _registered = new(StringComparer.Ordinal);
    private OutboxUpkeep? _upkeep;

    /// <exception cref="InvalidOperationException">The data source multiplexes, so that there are no sessions.</exception>
    public PostgreSqlEventOutbox(NpgsqlDataSource dataSource, PostgreSqlOutboxOptions options, string application, TimeProvider time, ILogger logger)
    {
        if (new NpgsqlConnectionStringBuilder(dataSource.ConnectionString).Multiplexing)
        {
            throw new InvalidOperationException("The PostgreSQL outbox needs its own session, but the connection string has Multiplexing=true. Register another NpgsqlDataSource for it, or set PostgreSqlOutboxOptions.ConnectionString.");
        }

        _options = options;
        _address = DatabaseAddress.Of(dataSource);
        _time = time;
        _logger = NonThrowingLogger.Of(logger);
        _session = new OutboxSession(dataSource, options, application, new ServerFaultTranslator(dataSource, options.Schema, Page));
        _drops = new OutboxDrops(_session);
        _expiry = new ExpiryClock(time);
        _expiry.Read();
    }

    public PostgreSqlEventOutbox(ServerConnection connection, PostgreSqlOutboxOptions options, string application, TimeProvider time, ILogger logger)
        : this(connection.DataSource, options, application, time, logger) => _own = connection;

    public string Name => "outbox";

    public string? DegradedReason => _upkeep?.DegradedReason;

    public IEnumerable<KeyValuePair<string, object>> Diagnostics
    {
        get
        {
            var numbers = new Dictionary<string, object>
            {
                ["database"] = _address.ToString(),
                ["bytes"] = _session.Totals.Bytes,
                ["adopted"] = _upkeep?.Adopted ?? 0,
            };
            foreach (var (destination, count) in _upkeep?.Unregistered ?? [])
            {
                numbers[$"unregistered:{destination}"] = count;
            }

            foreach (var (application, count) in _upkeep?.Abandoned ?? [])
            {
                numbers[$"abandoned:{application}"] = count;
            }

            return numbers;
        }
    }

    /// <summary>The session, exposed so that tests can end it.</summary>
    internal OutboxSession Session => _session;

    public void Register(string destination, string name, Action added) => _registered[destination] = added;

    public void Start(OutboxDropHandler lost) => _upkeep ??= new OutboxUpkeep(_session, _drops, _registered, _options, _expiry, lost, _time, _logger);

    public long NextPosition(string destination) => _session.Totals.NextPosition(destination);

    public long Count(string destination) => _session.Totals.Count(destination);

    public int Append(string destination, IReadOnlyList<QueuedEnvelope> events, OutboxDropHandler lost)
    {
        var storedAt = _time.GetUtcNow();
        var rows = new OutboxRow?[events.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = OutboxRow.TryWrite(events[i], storedAt);
        }

        var accepted = _session.Use(stored =>
        {
            var fitting = Accept(rows);
            OutboxRow[] added = [.. rows.Take(fitting).OfType<OutboxRow>()];
            if (added.Length > 0)
            {
                var (count, bytes) = stored.Append(_session.Owner, destination, added);
                _session.Totals.Add(destination, count, bytes, added.Max(row => row.Position));
            }

            return fitting;
        });
        for (var i = 0; i < accepted; i++)
        {
            if (rows[i] is null)
            {
                lost.Count(events[i], DropReasons.Serialization);
            }
        }

        return accepted;
    }

    public void Read(string destination, List<QueuedEnvelope> into, int max, OutboxDropHandler lost)
    {
        _drops.Settle();
        var cutoff = _expiry.Read() is { } now ? now - _options.MaxAge : DateTimeOffset.MinValue;
        int dropped;
        do
        {
            var rows = _session.Use(stored =>
            {
                var oldest = stored.Read(_session.Owner, destination, max);
                if (oldest.Count == 0 && Count(destination) > 0)
                {
                    _session.Recount();
                }

                return oldest;
            });
            var drops = new Dictionary<long, string>();
            foreach (var row in rows)
            {
                if (row.StoredAt < cutoff)
                {
                    drops.Add(row.Position, DropReasons.OutboxExpired);
                }
                else if (row.TryRead() is { } envelope)
                {
                    into.Add(new QueuedEnvelope(envelope, row.Position));
                }
                else
                {
                    drops.Add(row.Position, DropReasons.Serialization);
                }
            }

            // Counted after they were removed: as long as they cannot be removed, each read finds them again.
            dropped = drops.Count == 0 ? 0 : _drops.Remove(stored => Drop(stored, destination, drops), lost);
        }
        while (into.Count == 0 && dropped > 0);
    }

    public void Remove(string destination, IReadOnlyList<QueuedEnvelope> events)
    {
        if (events.Count > 0)
        {
            Remove(destination, [.. events.Select(queued => queued.Position)]);
        }
    }

    public void Dispose()
    {
        _upkeep?.Dispose();
        _session.Dispose();
        _own?.Dispose();
    }

    private void Remove(string destination, long[] positions) => _session.Use(stored =>
    {
        var (count, bytes) = stored.Remove(_session.Owner, destination, positions);
        _session.Totals.Add(destination, -count, -bytes);
        return count;
    });

    private List<OutboxDrop> Drop(OutboxRows stored, string destination, Dictionary<long, string> reasons)
    {
        var rows = stored.Take(_session.Owner, destination, [.. reasons.Keys]);
        _session.Totals.Add(destination, -rows.Count, -rows.Sum(row => (long)row.Size));
        return rows.ConvertAll(row => row.Drop(reasons[row.Position]));
    }

    /// <summary>Returns how many events, from the front, fit into the outbox.</summary>
    private int Accept(OutboxRow?[] rows)
    {
        var bytes = _session.Totals.Bytes;
        var accepted = 0;
        while (accepted < rows.Length && bytes + (rows[accepted]?.Size ?? 0) <= _options.MaxBytes)
        {
            bytes += rows[accepted++]?.Size ?? 0;
        }

        return accepted;
    }
}
