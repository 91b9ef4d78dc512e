namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>An outbox in memory whose storage fails as the test says.</summary>
internal sealed class BrokenOutbox : IEventOutbox
{
    private readonly Lock _lock = new();
    private readonly List<QueuedEnvelope> _stored = [];
    private int _failedReads;

    public Exception? AppendFailure { get; set; }

    public Exception? ReadFailure { get; set; }

    public Exception? RemoveFailure { get; set; }

    public int FailedReads => Volatile.Read(ref _failedReads);

    public long NextPosition(string destination) => 0;

    public long Count(string destination)
    {
        lock (_lock)
        {
            return _stored.Count;
        }
    }

    public int Append(string destination, IReadOnlyList<QueuedEnvelope> events, OutboxDropHandler lost)
    {
        lock (_lock)
        {
            Throw(AppendFailure);
            _stored.AddRange(events);
            return events.Count;
        }
    }

    public void Read(string destination, List<QueuedEnvelope> into, int max, OutboxDropHandler lost)
    {
        lock (_lock)
        {
            _failedReads += ReadFailure is null ? 0 : 1;
            Throw(ReadFailure);
            into.AddRange(_stored.Take(max));
        }
    }

    public void Remove(string destination, IReadOnlyList<QueuedEnvelope> events)
    {
        lock (_lock)
        {
            Throw(RemoveFailure);
            _stored.RemoveAll(events.Contains);
        }
    }

    private static void Throw(Exception? failure)
    {
        if (failure is not null)
        {
            throw failure;
        }
    }
}
