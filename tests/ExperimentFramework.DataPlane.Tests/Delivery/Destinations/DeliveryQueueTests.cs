namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>The places and the order of one destination's queue.</summary>
public sealed class DeliveryQueueTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_oldest_event_is_the_first_on_its_way_until_all_of_those_are_settled_and_as_old_as_its_wait()
    {
        var queue = Queue(10, 4);
        Assert.Equal(Start, queue.Oldest);
        List<QueuedEnvelope> taken = [];
        queue.Take(taken, 1);
        queue.Take(taken, 1);
        Assert.Equal(Start, queue.Oldest);
        Assert.True(queue.HasTaken);

        queue.Settle(taken[..1]);
        Assert.Equal(Start, queue.Oldest);
        queue.Settle(taken[1..]);
        Assert.False(queue.HasTaken);
        Assert.Equal(Start + TimeSpan.FromSeconds(2), queue.Oldest);

        queue.Take(taken, 10);
        queue.Settle(taken[2..]);
        Assert.Null(queue.Oldest);
    }

    [Theory]
    [InlineData(10, 4, false)]
    [InlineData(10, 5, true)]
    [InlineData(3, 1, false)]
    [InlineData(3, 2, true)]
    public void A_queue_is_half_full_with_half_of_its_places(int capacity, int events, bool isHalfFull) =>
        Assert.Equal(isHalfFull, Queue(capacity, events).IsHalfFull);

    [Fact]
    public void What_is_on_its_way_takes_its_places_and_the_word_about_a_loss_has_two_of_its_own()
    {
        var queue = Queue(3, 3);
        queue.Take([], 2);
        Assert.Equal(3, queue.Count);
        Assert.False(queue.TryAdd(Envelope, At(3)));
        Assert.True(queue.TryAdd(Envelope, At(3), usesReserve: true));
        Assert.True(queue.TryAdd(Envelope, At(4), usesReserve: true));
        Assert.False(queue.TryAdd(Envelope, At(5), usesReserve: true));
    }

    [Fact]
    public void What_is_returned_comes_first_and_in_its_order()
    {
        var queue = Queue(100, 40);
        List<QueuedEnvelope> taken = [];
        queue.Take(taken, 20);
        Assert.True(queue.TryReturn(taken[..15]));
        Assert.Equal(40, queue.Count);
        Assert.Equal(Start, queue.Oldest);

        List<QueuedEnvelope> again = [];
        queue.Take(again, 100);
        Assert.Equal([.. Enumerable.Range(0, 15), .. Enumerable.Range(20, 20)], again.Select(queued => (int)queued.Position));
    }

    [Fact]
    public void Nothing_is_added_or_returned_after_the_end_and_what_is_left_can_be_taken()
    {
        var queue = Queue(10, 3);
        List<QueuedEnvelope> taken = [];
        queue.Take(taken, 1);
        queue.Close();

        Assert.False(queue.TryReturn(taken));
        Assert.False(queue.TryAdd(Envelope, At(3)));
        Assert.False(queue.TryAdd(Envelope, At(3), usesReserve: true));
        queue.Take(taken, 10);
        Assert.Equal([0, 1, 2], taken.Select(queued => (int)queued.Position));
    }

    [Fact]
    public void Waiting_for_what_is_queued_does_not_end_with_what_came_later()
    {
        var queue = Queue(10, 2);
        var settled = queue.SettledAsync();
        queue.TryAdd(Envelope, At(2));
        queue.TryAdd(Envelope, At(3));
        List<QueuedEnvelope> taken = [];
        queue.Take(taken, 4);

        queue.Settle(taken[2..]);
        Assert.False(settled.IsCompleted);
        queue.Settle(taken[..1]);
        Assert.False(settled.IsCompleted);
        queue.Settle(taken[1..2]);
        Assert.True(settled.IsCompletedSuccessfully);
        Assert.True(queue.SettledAsync().IsCompletedSuccessfully);
    }

    [Fact(Timeout = 60_000)]
    public async Task Events_that_are_settled_make_room_for_whoever_waits_for_it()
    {
        var queue = Queue(1, 1);
        List<QueuedEnvelope> taken = [];
        queue.Take(taken, 1);
        var waiting = WorkerThread.Start("test", queue.WaitForCapacity);

        queue.Settle(taken);

        await waiting.Ended.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Positions_go_on_behind_those_of_the_outbox()
    {
        var queue = new DeliveryQueue(10, firstPosition: 41);
        queue.TryAdd(Envelope, At(0));
        queue.TryAdd(Envelope, At(1));
        List<QueuedEnvelope> taken = [];
        queue.Take(taken, 10);

        Assert.Equal([41, 42], taken.Select(queued => queued.Position));
    }

    private static DeliveryQueue Queue(int capacity, int events)
    {
        var queue = new DeliveryQueue(capacity);
        for (var i = 0; i < events; i++)
        {
            Assert.True(queue.TryAdd(Envelope, At(i)));
        }

        return queue;
    }

    /// <summary>It happened a year before it is queued, as what is imported did.</summary>
    private static DataPlaneEnvelope Envelope { get; } = SampleEvents.Envelope(SampleEvents.Exposure with { Timestamp = Start.AddYears(-1) });

    private static DateTimeOffset At(int second) => Start + TimeSpan.FromSeconds(second);
}
