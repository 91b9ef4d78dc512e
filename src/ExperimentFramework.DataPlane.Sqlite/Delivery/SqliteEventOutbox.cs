using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// An outbox in an SQLite file. What a committed transaction wrote survives the process, however it ends; after a loss of power the
/// last transactions may be missing, and the file is whole.
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

    /// <summary>The file.</summary>
    internal OutboxStorage Storage => _storage;

    public string? DegradedReason => string.Join(" ", ((string?[])[_storage.DegradedReason, OrphansText()]).OfType<string>()) is { Length: > 0 } trouble ? trouble : null;

    public IEnumerable<KeyValuePair<string, object>> Diagnostics =>
    [
        new("path", _storage.FilePath),
        .. Orphans().Select(orphan => new KeyValuePair<string, object>($"unregistered:{orphan.Name}", orphan.Count)),
    ];

    public void Register(string destination, string name, Action added)
    {
        _registered[destination] = added;
        var simple = OutboxFile.SimpleName + name;
        if (_storage.Count(simple) > 0)
        {
            _storage.Use(table =>
            {
                if (table.FirstPosition(destination) is { } first)
                {
                    table.MoveBelow(simple, first);
                }

                table.Rename(simple, destination);
                var count = (int)_storage.Count(simple);
                _storage.Added(simple, -count, 0);
                _storage.Added(destination, count, 0);
                return count;
            });
        }
    }

    public void Start(Action<string, string, string> lost)
    {
        foreach (var (name, count) in Orphans())
        {
            LogOrphans(count, name, _storage.FilePath, _options.MaxAge);
        }

        _upkeep ??= new OutboxUpkeep(_storage, _path, _registered, _options, _expiry, lost, _time, _logger);
    }

    public long NextPosition(string destination) => _storage.Use(table => table.LastPosition(destination) is { } last ? last + 1 : 0);

    public long Count(string destination) => _storage.Count(destination);

    public int Append(string destination, IReadOnlyList<QueuedEnvelope> events, Action<string, string, string> lost)
    {
        var storedAt = _time.GetUtcNow().UtcTicks;
        var rows = new OutboxRow?[events.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = TryWrite(events[i], storedAt);
        }

        var taken = _storage.Use(table =>
        {
            var accepted = Accept(rows);
            OutboxRow[] stored = [.. rows.Take(accepted).OfType<OutboxRow>()];
            if (stored.Length > 0)
            {
                table.Append(destination, stored);
                _storage.Added(destination, stored.Length, stored.Sum(row => row.Size));
            }

            return accepted;
        });
        for (var i = 0; i < taken; i++)
        {
            if (rows[i] is null)
            {
                var payload = events[i].Envelope.Payload;
                lost(payload.ExperimentName, DropLedger.VariantOf(payload), DropReasons.Serialization);
            }
        }

        return taken;
    }

    public void Read(string destination, List<QueuedEnvelope> into, int max, Action<string, string, string> lost)
    {
        var oldest = _expiry.Read() is { } now ? (now - _options.MaxAge).UtcTicks : long.MinValue;
        int dropped;
        do
        {
            var rows = _storage.Use(table => table.Read(destination, max));
            var drops = new List<(OutboxRow Row, string Reason)>();
            foreach (var row in rows)
            {
                if (row.StoredAt < oldest)
                {
                    drops.Add((row, DropReasons.OutboxExpired));
                }
                else if (row.Position is { } position && TryParse(row.Envelope) is { } envelope)
                {
                    into.Add(new QueuedEnvelope(envelope, position));
                }
                else
                {
                    drops.Add((row, DropReasons.Serialization));
                }
            }

            // Counted once they are gone: while they cannot be removed, each reading finds them again.
            dropped = drops.Count == 0 ? 0 : _storage.Use(table =>
            {
                var (count, bytes) = table.RemoveRows([.. drops.Select(drop => drop.Row.Id)]);
                _storage.Added(destination, -count, -bytes);
                return count;
            });
            drops.ForEach(drop => lost(drop.Row.Experiment, drop.Row.Variant, drop.Reason));
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
                // An outage leaves a large file behind, and this gives the disk back.
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

    /// <summary>How many events, from the front, there is room for.</summary>
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

    /// <summary>The destinations that no longer exist, and how many events wait for them in vain.</summary>
    private IEnumerable<(string Name, long Count)> Orphans() => _storage.Destinations
        .Where(destination => !_registered.ContainsKey(destination))
        .Select(destination => (destination.TrimStart(OutboxFile.SimpleName), _storage.Count(destination)))
        .Where(orphan => orphan.Item2 > 0);

    private string? OrphansText() => Orphans().ToList() is { Count: > 0 } orphans
        ? $"The outbox holds events of destinations that are not registered: {string.Join(", ", orphans.Select(orphan => string.Create(CultureInfo.InvariantCulture, $"{orphan.Count} of {orphan.Name}")))}."
        : null;

    /// <summary>The event as a row; null when it cannot be written, which must not keep its neighbours from being stored.</summary>
    private static OutboxRow? TryWrite(QueuedEnvelope queued, long storedAt)
    {
        try
        {
            var payload = queued.Envelope.Payload;
            var json = DataPlaneJson.Serialize(queued.Envelope);
            return new OutboxRow(0, queued.Position, payload.ExperimentName, DropLedger.VariantOf(payload), storedAt, Encoding.UTF8.GetByteCount(json), json);
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
        catch (Exception)
        {
            // Whatever is wrong with it: a row that cannot be read must not keep those behind it from being read.
            return null;
        }
    }

    [LoggerMessage(94, LogLevel.Warning,
        "{Count} events for destination {Destination} are in the outbox '{Path}', and no such destination is registered. Register it to have them delivered; otherwise they expire {MaxAge} after they were stored. A destination is known by the full name of its type.", EventName = "OutboxDestinationUnknown")]
    private partial void LogOrphans(long count, string destination, string path, TimeSpan maxAge);
}
