namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>
/// What every destination does that keeps events: as docs/how-to/destinations/custom.md demands of it, and as its users rely on. A test derives from it, creates
/// the destination over empty storage and reads back what is there with the destination's own reader.
/// </summary>
public abstract class BackplaneContract : StoredEventContract
{
    /// <summary>Whether an event that is published again, with the same id, is stored once; otherwise both copies are there.</summary>
    protected abstract bool Deduplicates { get; }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10_000)]
    public async Task A_batch_of_any_size_is_answered_and_stored_whole(int size)
    {
        var backplane = await CreateAsync();
        var events = Events(0, size);

        await AssertDeliveredAsync(backplane, events);

        await AssertStoredAsync(events);
    }

    [Fact]
    public async Task Batches_and_single_events_are_stored_in_the_order_of_the_calls()
    {
        var backplane = await CreateAsync();

        await AssertDeliveredAsync(backplane, Events(0, 7));
        await backplane.PublishAsync(Events(7, 1)[0], Token);
        await AssertDeliveredAsync(backplane, Events(8, 100));
        await backplane.PublishAsync(Events(108, 1)[0], Token);

        await AssertStoredAsync(Events(0, 109));
    }

    [Fact]
    public async Task An_event_that_is_published_again_has_the_same_id()
    {
        var backplane = await CreateAsync();
        var events = Events(0, 10);

        await AssertDeliveredAsync(backplane, events);
        await AssertDeliveredAsync(backplane, [events[3], .. Events(10, 5), events[3]]);
        await backplane.PublishAsync(events[4], Token);

        var stored = (await ReadBackAsync()).CountBy(envelope => envelope.EventId).ToDictionary();
        Assert.Equal(15, stored.Count);
        Assert.Equal(Deduplicates ? 1 : 3, stored[events[3].EventId]);
        Assert.Equal(Deduplicates ? 1 : 2, stored[events[4].EventId]);
        Assert.All(stored.Where(copies => copies.Key != events[3].EventId && copies.Key != events[4].EventId), copies => Assert.Equal(1, copies.Value));
    }

    [Fact]
    public async Task An_event_that_cannot_be_written_is_rejected_for_good_and_its_neighbours_are_stored()
    {
        var backplane = await CreateAsync();
        var events = Events(0, 5);
        events[2] = events[2] with { Metadata = new UnreadableMetadata() };

        var result = await backplane.PublishAsync(events, Token);

        Assert.Equal(
            [DeliveryStatus.Delivered, DeliveryStatus.Delivered, DeliveryStatus.PermanentFailure, DeliveryStatus.Delivered, DeliveryStatus.Delivered],
            Enumerable.Range(0, events.Length).Select(index => result[index]));
        Assert.NotNull(result.Error);
        await Assert.ThrowsAsync<EventRejectedException>(() => backplane.PublishAsync(events[2], Token).AsTask());
        await AssertStoredAsync([events[0], events[1], events[3], events[4]]);
    }

    [Fact]
    public async Task A_call_that_is_canceled_before_it_begins_stores_nothing_and_harms_nothing()
    {
        var backplane = await CreateAsync();
        var canceled = new CancellationToken(canceled: true);
        await AssertDeliveredAsync(backplane, Events(0, 2));

        var statuses = new List<DeliveryStatus>();
        try
        {
            var result = await backplane.PublishAsync(Events(2, 3), canceled);
            statuses.AddRange(Enumerable.Range(0, 3).Select(index => result[index]));
        }
        catch (OperationCanceledException)
        {
            // As good an answer as transient failures.
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => backplane.PublishAsync(Events(2, 1)[0], canceled).AsTask());
        Assert.All(statuses, status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        await AssertDeliveredAsync(backplane, Events(2, 3));
        await AssertStoredAsync(Events(0, 5));
    }

    [Fact]
    public async Task Flushing_is_possible_at_any_time()
    {
        var backplane = await CreateAsync();

        await backplane.FlushAsync(Token);
        await AssertDeliveredAsync(backplane, Events(0, 3));
        await backplane.FlushAsync(Token);
        await backplane.FlushAsync(Token);
        await AssertDeliveredAsync(backplane, Events(3, 3));

        await AssertStoredAsync(Events(0, 6));
    }

    [Fact]
    public async Task Health_asks_the_destination_before_and_after_the_first_event()
    {
        var backplane = await CreateAsync();

        var before = await backplane.HealthAsync(Token);
        await AssertDeliveredAsync(backplane, Events(0, 3));
        var after = await backplane.HealthAsync(Token);

        Assert.All(new[] { before, after }, health => Assert.True(health is { IsHealthy: true, IsDegraded: false }, health.Description));
        Assert.All(new[] { before, after }, health => Assert.False(string.IsNullOrWhiteSpace(health.Description)));
    }

    [Fact]
    public async Task Health_and_flushes_may_be_asked_for_while_events_are_published()
    {
        var backplane = await CreateAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var asking = Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    Assert.True((await backplane.HealthAsync(Token)).IsHealthy);
                    await backplane.FlushAsync(Token);
                }
            },
            Token);

        for (var batch = 0; batch < 20; batch++)
        {
            await AssertDeliveredAsync(backplane, Events(batch * 50, 50));
        }

        await end.CancelAsync();
        await asking;
        await AssertStoredAsync(Events(0, 1_000));
    }

    [Fact]
    public async Task After_its_disposal_nothing_is_accepted_and_what_was_accepted_stays()
    {
        var backplane = await CreateAsync();
        await AssertDeliveredAsync(backplane, Events(0, 3));

        await DisposeAsync(backplane);
        await DisposeAsync(backplane);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => backplane.PublishAsync(Events(3, 1)[0], Token).AsTask());
        try
        {
            var result = await backplane.PublishAsync(Events(3, 2), Token);
            Assert.All(Enumerable.Range(0, 2), index => Assert.Equal(DeliveryStatus.TransientFailure, result[index]));
        }
        catch (ObjectDisposedException)
        {
            // As good an answer as transient failures.
        }

        await AssertStoredAsync(Events(0, 3));
    }

    [Fact]
    public async Task What_is_no_event_and_no_batch_is_refused()
    {
        var backplane = await CreateAsync();

        await Assert.ThrowsAsync<ArgumentNullException>(() => backplane.PublishAsync((DataPlaneEnvelope)null!, Token).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => backplane.PublishAsync((IReadOnlyList<DataPlaneEnvelope>)null!, Token).AsTask());
    }

    private static async ValueTask DisposeAsync(IDataBackplane backplane)
    {
        if (backplane is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else
        {
            (backplane as IDisposable)?.Dispose();
        }
    }
}
