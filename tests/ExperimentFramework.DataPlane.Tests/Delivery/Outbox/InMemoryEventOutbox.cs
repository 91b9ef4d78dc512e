namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Keeps a limited number of events per destination in memory.</summary>
public sealed class InMemoryEventOutbox(int capacity) : IEventOutbox
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<long, string>> _rows = new(StringComparer.Ordinal);

    public long NextPosition(string destination)
    {
        lock (_lock)
        {
            return Rows(destination) is { Count: > 0 } rows ? rows.Keys.Last() + 1 : 0;
        }
    }

    public long Count(string destination)
    {
        lock (_lock)
        {
            return Rows(destination).Count;
        }
    }

    public int Append(string destination, IReadOnlyList<QueuedEnvelope> events, OutboxDropHandler lost)
    {
        lock (_lock)
        {
            var rows = Rows(destination);
            var accepted = 0;
            while (accepted < events.Count && rows.Count < capacity)
            {
                var queued = events[accepted++];
                if (Serialize(queued) is { } json)
                {
                    rows[queued.Position] = json;
                }
                else
                {
                    lost.Count(queued, DropReasons.Serialization);
                }
            }

            return accepted;
        }
    }

    public void Read(string destination, List<QueuedEnvelope> into, int max, OutboxDropHandler lost)
    {
        lock (_lock)
        {
            into.AddRange(Rows(destination).Take(max).Select(row => new QueuedEnvelope(DataPlaneJson.Deserialize(row.Value), row.Key)));
        }
    }

    public void Remove(string destination, IReadOnlyList<QueuedEnvelope> events)
    {
        lock (_lock)
        {
            foreach (var queued in events)
            {
                Rows(destination).Remove(queued.Position);
            }
        }
    }

    private SortedDictionary<long, string> Rows(string destination) =>
        _rows.TryGetValue(destination, out var rows) ? rows : _rows[destination] = [];

    /// <summary>One event that cannot be written must not keep its neighbours from being stored.</summary>
    private static string? Serialize(QueuedEnvelope queued)
    {
        try
        {
            return DataPlaneJson.Serialize(queued.Envelope);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
