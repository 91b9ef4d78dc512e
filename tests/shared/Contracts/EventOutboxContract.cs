using System.Collections;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What every <see cref="IEventOutbox"/> does, as docs/how-to/write-an-outbox.md promises.</summary>
public abstract class EventOutboxContract
{
    private readonly List<string> _lost = [];

    /// <summary>Creates an empty outbox that holds more than 100 events.</summary>
    protected abstract IEventOutbox CreateOutbox();

    [Fact]
    public void An_empty_outbox_counts_nothing_and_begins_at_position_0()
    {
        var outbox = CreateOutbox();

        Assert.Equal((0, 0), (outbox.Count("d"), outbox.NextPosition("d")));
        Assert.Empty(Read(outbox, 10));
    }

    [Fact]
    public void Events_are_read_whole_and_by_position_and_not_in_the_order_of_appending()
    {
        var outbox = CreateOutbox();
        Assert.Equal(10, outbox.Append("d", Events(10, 10), Lost));
        Assert.Equal(10, outbox.Append("d", Events(0, 10), Lost));

        var read = Read(outbox, 15);

        Assert.Equal(Events(0, 15).Select(queued => (queued.Position, DataPlaneJson.Serialize(queued.Envelope))), read.Select(queued => (queued.Position, DataPlaneJson.Serialize(queued.Envelope))));
        Assert.Equal((20, 20), (outbox.Count("d"), outbox.NextPosition("d")));
    }

    [Fact]
    public void Reading_removes_nothing_and_removing_may_be_repeated()
    {
        var outbox = CreateOutbox();
        outbox.Append("d", Events(0, 3), Lost);
        var oldest = Read(outbox, 1);

        outbox.Remove("d", oldest);
        outbox.Remove("d", oldest);

        Assert.Equal([1, 2], Read(outbox, 10).Select(queued => queued.Position));
        Assert.Equal([1, 2], Read(outbox, 10).Select(queued => queued.Position));
        Assert.Equal((2, 3), (outbox.Count("d"), outbox.NextPosition("d")));
    }

    [Fact]
    public void Destinations_are_independent()
    {
        var outbox = CreateOutbox();
        outbox.Append("d", Events(0, 3), Lost);
        outbox.Append("other", Events(0, 1), Lost);
        outbox.Remove("other", Events(0, 1));

        Assert.Equal((3, 0), (outbox.Count("d"), outbox.Count("other")));
    }

    [Fact]
    public void An_event_that_cannot_be_serialized_is_accepted_and_counted_and_its_neighbours_are_stored()
    {
        var outbox = CreateOutbox();
        var events = Events(0, 3);
        events[1] = events[1] with { Envelope = events[1].Envelope with { Metadata = new Unreadable() } };

        Assert.Equal(3, outbox.Append("d", events, Lost));

        Assert.Equal([0, 2], Read(outbox, 10).Select(queued => queued.Position));
        Assert.Equal(["exp/b/serialization"], _lost);
    }

    [Fact]
    public void Destinations_are_used_in_parallel()
    {
        var outbox = CreateOutbox();

        Parallel.For(0, 8, i => outbox.Append($"d{i}", Events(0, 10), Lost));

        Assert.Equal(Enumerable.Repeat(10L, 8), Enumerable.Range(0, 8).Select(i => outbox.Count($"d{i}")));
    }

    private protected static QueuedEnvelope[] Events(int first, int count) => [.. Enumerable.Range(first, count).Select(number => new QueuedEnvelope(
        new DataPlaneEnvelope
        {
            EventId = new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0),
            Timestamp = DateTimeOffset.UnixEpoch,
            EventType = DataPlaneEventType.Exposure,
            SchemaVersion = "1.0.0",
            Payload = new ExposureEvent { ExperimentName = "exp", VariantKey = "b", SubjectId = $"u{number}", SelectionReason = "test", Timestamp = DateTimeOffset.UnixEpoch },
        },
        number))];

    private List<QueuedEnvelope> Read(IEventOutbox outbox, int max)
    {
        var read = new List<QueuedEnvelope>();
        outbox.Read("d", read, max, Lost);
        return read;
    }

    private void Lost(OutboxDrop dropped) => _lost.Add($"{dropped.ExperimentName}/{dropped.VariantKey}/{dropped.Reason}");

    private sealed class Unreadable : IReadOnlyDictionary<string, string>
    {
        public int Count => throw new InvalidOperationException();

        public IEnumerable<string> Keys => throw new InvalidOperationException();

        public IEnumerable<string> Values => throw new InvalidOperationException();

        public string this[string key] => throw new InvalidOperationException();

        public bool ContainsKey(string key) => throw new InvalidOperationException();

        public bool TryGetValue(string key, out string value) => throw new InvalidOperationException();

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => throw new InvalidOperationException();

        IEnumerator IEnumerable.GetEnumerator() => throw new InvalidOperationException();
    }
}
