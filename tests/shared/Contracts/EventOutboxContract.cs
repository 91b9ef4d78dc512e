namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What every <see cref="IEventOutbox"/> does, as docs/how-to/write-an-outbox.md promises.</summary>
public abstract class EventOutboxContract
{
    private readonly List<string> _lost = [];

    /// <summary>Creates an empty outbox that holds more than 100 events.</summary>
    protected abstract IEventOutbox CreateOutbox();

    /// <summary>Creates an empty outbox that holds at least one event of these tests and fewer than 100.</summary>
    protected abstract IEventOutbox CreateSmallOutbox();

    /// <summary>Damages the stored envelope of an event of destination <c>d</c>, as a fault of the storage would.</summary>
    /// <returns>The outbox, or another one over the same storage; null if nothing but the outbox itself can write there.</returns>
    protected abstract IEventOutbox? Damage(IEventOutbox outbox, long position);

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
        events[1] = events[1] with { Envelope = events[1].Envelope with { Metadata = new UnreadableMetadata() } };

        Assert.Equal(3, outbox.Append("d", events, Lost));

        Assert.Equal([0, 2], Read(outbox, 10).Select(queued => queued.Position));
        Assert.Equal(["exp/b/serialization"], _lost);
    }

    [Fact]
    public void Events_that_are_stored_already_are_accepted_and_stay_once()
    {
        var outbox = CreateOutbox();
        outbox.Append("d", Events(0, 3), Lost);

        Assert.Equal(5, outbox.Append("d", Events(0, 5), Lost));

        Assert.Equal((5, 5), (outbox.Count("d"), outbox.NextPosition("d")));
        Assert.Equal([0, 1, 2, 3, 4], Read(outbox, 10).Select(queued => queued.Position));
        Assert.Empty(_lost);
    }

    [Fact]
    public void A_full_outbox_accepts_the_first_events_and_leaves_the_rest_to_the_queue()
    {
        var outbox = CreateSmallOutbox();

        var accepted = outbox.Append("d", Events(0, 100), Lost);

        Assert.InRange(accepted, 1, 99);
        Assert.Equal(accepted, outbox.Count("d"));
        Assert.Equal(0, outbox.Append("d", Events(accepted, 1), Lost));
        Assert.Empty(_lost);

        outbox.Remove("d", Events(0, 1));
        Assert.Equal(1, outbox.Append("d", Events(accepted, 1), Lost));
        Assert.Equal(Enumerable.Range(1, accepted).Select(position => (long)position), Read(outbox, 100).Select(queued => queued.Position));
    }

    [Fact]
    public void An_event_that_can_no_longer_be_read_is_removed_and_counted_once_and_its_neighbours_are_read()
    {
        var before = CreateOutbox();
        before.Append("d", Events(0, 3), Lost);
        var outbox = Damage(before, 1);
        Assert.SkipWhen(outbox is null, "Nothing but the outbox itself writes to its storage.");

        Assert.Equal([0, 2], Read(outbox!, 10).Select(queued => queued.Position));
        Assert.Equal([0, 2], Read(outbox!, 10).Select(queued => queued.Position));

        Assert.Equal(2, outbox!.Count("d"));
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
}
