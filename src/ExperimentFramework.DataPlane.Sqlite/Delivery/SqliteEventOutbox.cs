using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// An outbox in an SQLite file. Committed transactions survive the process, however it ends. After a power failure, the
/// last transactions may be missing, but the file is consistent.
/// </summary>
internal sealed partial class SqliteEventOutbox : IEventOutbox, IHealthContributor, IDisposable
{
    private readonly OutboxStorage _storage;
    private readonly OutboxPath _path;
    private readonly SqliteOutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly ExpiryClock _expiry;
    private readonly NonThrowingLogger _logger;
    private readonly ConcurrentDictionary<string, Action> _registered = new(StringComparer.Ordinal);
    private OutboxUpkeep? _upkeep;

    public SqliteEventOutbox(string path, SqliteOutboxOptions options, TimeProvider time, ILogger logger)
    {
        _path = OutboxPath.Parse(path, nameof(path));
        _options = options;
        _time = time;
        _logger = NonThrowingLogger.Of(logger);
        _storage = new OutboxStorage(_path, time, _logger);
        _expiry = new ExpiryClock(time);
        _expiry.Read();
    }

    public string Name => "outbox";

    /// <summary>The open file.</summary>
    internal OutboxStorage Storage => _storage;

    public string? DegradedReason => string.Join(" ", ((string?[])[_storage.DegradedReason, _upkeep?.DegradedReason, OrphansText()]).OfType<string>()) is { Length: > 0 } reasons ? reasons : null;

    public IEnumerable<KeyValuePair<string, object>> Diagnostics =>
    [
        new("path", _storage.FilePath),
        .. Orphans().Select(orphan => new KeyValuePair<string, object>($"unregistered:{orphan.Name}", orphan.Count)),
    ];

    public void Register(string destination, string name, Action added)
    {
        _registered[destination] = added;
        var simpleName = OutboxFile.SimpleName + name;
        if (_storage.Count(simpleName) > 0)
        {
            _storage.Use(table =>
            {
                if (table.FirstPosition(destination) is { } first)
                {
                    table.MoveBelow(simpleName, first);
                }

                table.Rename(simpleName, destination);
                var count = (int)_storage.Count(simpleName);
                _storage.Added(simpleName, -count, 0);
                _storage.Added(destination, count, 0);
                return count;
            });
        }
    }

    public void Start(OutboxDropHandler lost)
    {
        foreach (var (name, count) in Orphans())
        {
            LogOrphans(count, name, _storage.FilePath, _options.MaxAge);
        }

        _upkeep ??= new OutboxUpkeep(_storage, _path, _registered, _options, _expiry, lost, _time, _logger);
    }

    public long NextPosition(string destination) => _storage.Use(table => table.LastPosition(destination) is { } last ? last + 1 : 0);

    public long Count(string destination) => _storage.Count(destination);

    public int Append(string destination, IReadOnlyList<QueuedEnvelope> events, OutboxDropHandler lost)
    {
        var storedAt = _time.GetUtcNow().UtcTicks;
        var rows = new OutboxRow?[events.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = TryWrite(events[i], storedAt);
        }

        var accepted = _storage.Use(table =>
        {
            var fitting = Accept(rows);
            OutboxRow[] stored = [.. rows.Take(fitting).OfType<OutboxRow>()];
            if (stored.Length > 0)
            {
                var (count, bytes) = table.Append(destination, stored);
                _storage.Added(destination, count, bytes);
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
        var cutoff = _expiry.Read() is { } now ? (now - _options.MaxAge).UtcTicks : long.MinValue;
        int dropped;
        do
        {
            var rows = _storage.Use(table => table.Read(destination, max));
            var drops = new List<(OutboxRow Row, string Reason)>();
            foreach (var row in rows)
            {
                if (row.StoredAt < cutoff)
                {
                    drops.Add((row, DropReasons.OutboxExpired));
                }
                else if (row.Position is { } position && row.TryRead() is { } envelope)
                {
                    into.Add(new QueuedEnvelope(envelope, position));
                }
                else
                {
                    drops.Add((row, DropReasons.Serialization));
                }
            }

            // Counted after they were removed: as long as they cannot be removed, each read finds them again.
            dropped = drops.Count == 0 ? 0 : _storage.Use(table =>
            {
                var (count, bytes) = table.RemoveRows([.. drops.Select(drop => drop.Row.Id)]);
                _storage.Added(destination, -count, -bytes);
                return count;
            });
            drops.ForEach(drop => lost(drop.Row.Drop(drop.Reason)));
        }
        while (into.Count == 0 && dropped > 0);
    }

    public void Remove(string destination, IReadOnlyList<QueuedEnvelope> events)
    {
        if (events.Count == 0)
        {
            return;
        }

        var positions = events.Select(queued => queued.Position).ToArray();
        _storage.Use(table =>
        {
            var (count, bytes) = table.Remove(destination, positions);
            _storage.Added(destination, -count, -bytes);
            if (_storage.Bytes == 0)
            {
                // An outage leaves a large file behind; this returns the space to the disk.
                table.Compact();
            }

            return count;
        });
        _upkeep?.Removed();
    }

    public void Dispose()
    {
        _upkeep?.Dispose();
        _storage.Dispose();
    }

    /// <summary>Returns how many events, from the front, fit into the outbox.</summary>
    private int Accept(OutboxRow?[] rows)
    {
        var bytes = _storage.Bytes;
        var accepted = 0;
        while (accepted < rows.Length && bytes + (rows[accepted]?.Size ?? 0) <= _options.MaxBytes)
        {
            bytes += rows[accepted++]?.Size ?? 0;
        }

        return accepted;
    }

    /// <summary>Returns the destinations that are not registered, and the number of their events.</summary>
    private IEnumerable<(string Name, long Count)> Orphans() => _storage.Destinations
        .Where(destination => !_registered.ContainsKey(destination))
        .Select(destination => (destination.TrimStart(OutboxFile.SimpleName), _storage.Count(destination)))
        .Where(orphan => orphan.Item2 > 0);

    private string? OrphansText() => Orphans().ToList() is { Count: > 0 } orphans
        ? $"The outbox contains events for destinations that are not registered: {string.Join(", ", orphans.Select(orphan => string.Create(CultureInfo.InvariantCulture, $"{orphan.Count} for {orphan.Name}")))}."
        : null;

    /// <summary>Converts an event to a row; null if it cannot be serialized, which must not keep the other events from being stored.</summary>
    private static OutboxRow? TryWrite(QueuedEnvelope queued, long storedAt)
    {
        try
        {
            var payload = queued.Envelope.Payload;
            var json = DataPlaneJson.Serialize(queued.Envelope);
            return new OutboxRow(0, queued.Position, payload.ExperimentName, EventKey.VariantOf(payload), storedAt, Encoding.UTF8.GetByteCount(json), json);
        }
        catch (Exception)
        {
            return null;
        }
    }

    [LoggerMessage(94, LogLevel.Warning,
        "The outbox '{Path}' contains {Count} events for destination {Destination}, which is not registered. Register it to have them delivered; otherwise they expire {MaxAge} after they were stored. A destination is identified by the full name of its type.", EventName = "OutboxDestinationUnknown")]
    private partial void LogOrphans(long count, string destination, string path, TimeSpan maxAge);
}
