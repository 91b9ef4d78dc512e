namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What is on its way to a destination, and who may still deal with it.</summary>
public sealed class EventsInFlightTests
{
    [Fact]
    public void What_was_given_up_is_not_dealt_with_again()
    {
        var (inFlight, queue) = Filled(events: 3, maxAttempts: 5);
        Assert.True(inFlight.TryBegin(out var start, out var batch));
        Assert.Equal((0, 3), (start, batch.Length));

        var left = inFlight.Abandon();

        Assert.Equal(3, left.Count);
        Assert.Null(inFlight.TryApply(start, BatchAnswer.All(3, DeliveryStatus.Delivered, null), hasOutbox: false));
        Assert.False(inFlight.TryBegin(out _, out _));
        Assert.False(inFlight.TryReturn(left));
        Assert.False(inFlight.TryFill([], queue, 10));
        Assert.True(inFlight.IsEmpty);
    }

    [Fact]
    public void What_came_from_the_outbox_is_there_still_and_is_not_taken_out_to_be_stored_or_dropped()
    {
        var inFlight = new EventsInFlight(new RetryPlanner(10, 5), 5);
        Assert.True(inFlight.TryFill([new QueuedEnvelope(SampleEvents.Envelope(SampleEvents.Exposure), 0)], new DeliveryQueue(10), 10));
        Assert.True(inFlight.AreFromOutbox);

        Assert.Empty(inFlight.TakeAll());
        Assert.True(inFlight.IsEmpty);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    public void A_destination_that_is_down_exhausts_its_events_only_where_no_outbox_keeps_them(bool hasOutbox, int exhausted)
    {
        var (inFlight, _) = Filled(events: 2, maxAttempts: 1);
        AttemptResult? result;
        do
        {
            Assert.True(inFlight.TryBegin(out var start, out var batch));
            result = inFlight.TryApply(start, BatchAnswer.All(batch.Length, DeliveryStatus.TransientFailure, new IOException("down")), hasOutbox);
        }
        while (result!.Decision != RetryPlanner.RetryDecision.DestinationIsDown);

        Assert.True(result.Waits);
        Assert.Equal(exhausted, result.Exhausted.Count);
        Assert.Equal(exhausted == 2, inFlight.IsEmpty);
    }

    [Fact]
    public void Each_answer_settles_its_own_event()
    {
        var (inFlight, _) = Filled(events: 4, maxAttempts: 5);
        inFlight.TryBegin(out var start, out _);

        var result = inFlight.TryApply(
            start, new BatchAnswer([DeliveryStatus.TransientFailure, DeliveryStatus.Delivered, DeliveryStatus.PermanentFailure, DeliveryStatus.Delivered], null), hasOutbox: false)!;

        Assert.Equal((2, 1), (result.Delivered.Count, result.Left));
        Assert.Equal([1L, 3L], result.Delivered.Select(queued => queued.Position));
        Assert.Equal([1L, 2L, 3L], result.Settled.Select(queued => queued.Position));
        Assert.Equal([2L], result.Rejected.Select(queued => queued.Position));
        Assert.Equal([0L], inFlight.TakeAll().Select(queued => queued.Position));
    }

    [Fact]
    public void Events_that_fail_while_others_are_delivered_are_tried_again_together_with_newer_ones_and_each_as_often_as_it_may_be()
    {
        var (inFlight, queue) = Filled(events: 4, maxAttempts: 3);
        Add(queue, 3);

        Assert.Empty(Try([0, 1, 2, 3], delivered: [2, 3]));
        inFlight.Refill(queue, max: 4);
        Assert.Empty(Try([0, 1, 4, 5], delivered: [4]));
        inFlight.Refill(queue, max: 4);
        Assert.Equal([0L, 1L], Try([0, 1, 5, 6], delivered: [6]));

        Assert.Equal([5L], inFlight.TakeAll().Select(queued => queued.Position));

        IEnumerable<long> Try(long[] positions, long[] delivered)
        {
            Assert.True(inFlight.TryBegin(out var start, out var batch));
            Assert.Equal((0, positions.Length), (start, batch.Length));
            var statuses = positions.Select(position => delivered.Contains(position) ? DeliveryStatus.Delivered : DeliveryStatus.TransientFailure);
            var result = inFlight.TryApply(start, new BatchAnswer([.. statuses], null), hasOutbox: false)!;
            Assert.Equal(RetryPlanner.RetryDecision.SomeFailed, result.Decision);
            Assert.Equal(delivered, result.Delivered.Select(queued => queued.Position));
            return result.Exhausted.Select(queued => queued.Position);
        }
    }

    private static (EventsInFlight InFlight, DeliveryQueue Queue) Filled(int events, int maxAttempts)
    {
        var queue = new DeliveryQueue(100);
        Add(queue, events);
        var inFlight = new EventsInFlight(new RetryPlanner(10, maxAttempts), maxAttempts);
        Assert.True(inFlight.TryFill([], queue, 10));
        return (inFlight, queue);
    }

    private static void Add(DeliveryQueue queue, int events)
    {
        for (var i = 0; i < events; i++)
        {
            queue.TryAdd(SampleEvents.Envelope(SampleEvents.Exposure), default);
        }
    }
}
