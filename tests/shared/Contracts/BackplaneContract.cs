using System.Globalization;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>
/// What every destination does that keeps events: as docs/how-to/destinations/custom.md demands of it, and as its users rely on. A test derives from it, creates
/// the destination over empty storage and reads back what is there with the destination's own reader.
/// </summary>
public abstract class BackplaneContract
{
    /// <summary>Whether an event that is published again, with the same id, is stored once; otherwise both copies are there.</summary>
    protected abstract bool Deduplicates { get; }

    /// <summary>Whether events are read back in the order in which they were published.</summary>
    protected virtual bool KeepsOrder => true;

    /// <summary>Whether events of a type that this version does not know, as one that relays a newer stream publishes them, are stored.</summary>
    protected virtual bool KeepsUnknownEvents => true;

    /// <summary>Creates the destination over empty storage. Called once in a test; the test class disposes it.</summary>
    protected abstract ValueTask<IDataBackplane> CreateAsync();

    /// <summary>Reads everything that is stored. Called at the end of a test, so it may close the destination first.</summary>
    protected abstract ValueTask<IReadOnlyList<DataPlaneEnvelope>> ReadBackAsync();

    /// <summary>The envelope as the destination promises to keep it, if that is not exactly as it was published: with times cut to microseconds, for example.</summary>
    protected virtual DataPlaneEnvelope Expected(DataPlaneEnvelope published) => published;

    [Fact]
    public async Task Every_event_type_comes_back_with_every_field()
    {
        var backplane = await CreateAsync();
        DataPlaneEnvelope[] events = [.. SampleEvents.All.Select(SampleEvents.Envelope)];

        await AssertDeliveredAsync(backplane, events);

        await AssertStoredAsync(events);
    }

    [Fact]
    public async Task Fields_that_are_absent_are_absent_when_they_come_back()
    {
        var backplane = await CreateAsync();
        var time = new DateTimeOffset(2026, 3, 1, 23, 59, 59, 999, TimeSpan.Zero);
        DataPlaneEvent[] payloads =
        [
            new ExposureEvent { ExperimentName = "exp", Timestamp = time, VariantKey = "control", SelectionReason = "test" },
            new ExposureEvent { ExperimentName = "exp", Timestamp = time, VariantKey = "control", SelectionReason = "test", Attributes = new Dictionary<string, object?>() },
            new AssignmentEvent { ExperimentName = "exp", Timestamp = time, SubjectId = null, PreviousVariantKey = "a", NewVariantKey = "b", ChangeReason = "test" },
            new OutcomeEvent { ExperimentName = "exp", Timestamp = time, VariantKey = "control", OutcomeName = "Run", Result = OutcomeResult.Success },
            new AnalysisSignalEvent { ExperimentName = "exp", Timestamp = time, SignalType = AnalysisSignalType.Custom, Severity = SignalSeverity.Info, Message = "" },
            new ErrorEvent { ExperimentName = "exp", Timestamp = time, Source = "", Message = "" },
            new MetricEvent { ExperimentName = "exp", Timestamp = time, MetricName = "m", Value = 0 },
        ];
        DataPlaneEnvelope[] events = [.. payloads.Select(payload => SampleEvents.Envelope(payload) with { CorrelationId = null, Metadata = null })];

        await AssertDeliveredAsync(backplane, events);

        await AssertStoredAsync(events);
    }

    [Fact]
    public async Task Every_type_of_attribute_comes_back()
    {
        var backplane = await CreateAsync();
        var values = new Dictionary<string, object?>
        {
            ["text"] = "ü漢\"\\\n\t\u2028🙂 'quoted' {} $1 %s",
            ["empty"] = "",
            ["none"] = null,
            ["flag"] = true,
            ["lowest"] = long.MinValue,
            ["highest"] = long.MaxValue,
            ["small"] = double.Epsilon,
            ["large"] = double.MaxValue,
            ["nan"] = double.NaN,
            ["infinite"] = double.NegativeInfinity,
            ["money"] = 12.5m,
            ["id"] = Guid.Parse("0192f0d1-0000-7000-8000-000000000009"),
            ["since"] = new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)),
            ["texts"] = new[] { "a", "" },
            ["numbers"] = new[] { 1L, 2L },
            ["nested"] = new Dictionary<string, object?> { ["price"] = 1.5m, ["none"] = null },
        };
        DataPlaneEnvelope[] events = [.. new DataPlaneEvent[]
        {
            SampleEvents.Exposure with { Attributes = values }, SampleEvents.Metric with { Attributes = values }, SampleEvents.Signal with { Data = values }, SampleEvents.Error with { Data = values },
        }.Select(SampleEvents.Envelope)];

        await AssertDeliveredAsync(backplane, events);

        await AssertStoredAsync(events);
    }

    [Theory]
    [InlineData("half a pair")]
    [InlineData("null")]
    [InlineData("controls")]
    [InlineData("line ends")]
    [InlineData("long")]
    public async Task Any_text_comes_back_as_the_events_JSON_has_it(string kind)
    {
        // Spelled out, because the arguments of a test pass through UTF-8.
        var text = kind switch
        {
            "half a pair" => "a\ud83d b\ude00",
            "null" => "a\0b\0",
            "controls" => string.Concat(Enumerable.Range(0, 0xA0).Select(code => (char)code)),
            "line ends" => "a\r\nb\nc\rd\u0085e\u2028f\u2029",
            _ => string.Concat(Enumerable.Repeat("0123456789äöü漢🙂", 50_000)),
        };
        var backplane = await CreateAsync();
        DataPlaneEnvelope[] events =
        [
            SampleEvents.Envelope(SampleEvents.Exposure with { SubjectId = text, Attributes = new Dictionary<string, object?> { ["key"] = text } }),
            SampleEvents.Envelope(SampleEvents.Error with { Message = text }) with { Metadata = new Dictionary<string, string> { ["key"] = text } },
            SampleEvents.Envelope(SampleEvents.Metric),
        ];

        await AssertDeliveredAsync(backplane, events);

        await AssertStoredAsync(events);
    }

    [Fact]
    public async Task An_event_of_a_later_version_is_stored_as_it_was_read()
    {
        Assert.SkipUnless(KeepsUnknownEvents, "The destination stores the event types of this version only.");
        var backplane = await CreateAsync();
        DataPlaneEnvelope[] events =
        [
            DataPlaneJson.Deserialize(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure)).Replace("\"eventType\":\"Exposure\"", "\"eventType\":\"Later\"", StringComparison.Ordinal)),
            DataPlaneJson.Deserialize(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure)).Replace("SubjectSticky", "LaterPolicy", StringComparison.Ordinal)),
        ];
        Assert.IsType<UnknownEvent>(events[0].Payload);

        await AssertDeliveredAsync(backplane, events);

        await AssertStoredAsync(events);
    }

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

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Events that differ in id, time and subject, in the order of their ids.</summary>
    private protected static DataPlaneEnvelope[] Events(int first, int count) => [.. Enumerable.Range(first, count).Select(number => SampleEvents.Envelope(
        SampleEvents.Exposure with
        {
            Timestamp = SampleEvents.Exposure.Timestamp.AddMilliseconds(number),
            SubjectId = string.Create(CultureInfo.InvariantCulture, $"u{number}"),
        }) with { EventId = new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0) })];

    private protected static async Task AssertDeliveredAsync(IDataBackplane backplane, IReadOnlyList<DataPlaneEnvelope> events)
    {
        var result = await backplane.PublishAsync(events, Token);
        Assert.True(result.Error is null, result.Error?.ToString());
        Assert.All(Enumerable.Range(0, events.Count), index => Assert.Equal(DeliveryStatus.Delivered, result[index]));
    }

    /// <summary>Reads back and compares, each event by its JSON, in which the order of fields and attributes means nothing.</summary>
    private protected async Task AssertStoredAsync(IReadOnlyList<DataPlaneEnvelope> published)
    {
        var stored = await ReadBackAsync();
        Assert.Equal(published.Count, stored.Count);
        var expected = published.Select(Expected);
        foreach (var (was, isNow) in KeepsOrder ? expected.Zip(stored) : expected.OrderBy(envelope => envelope.EventId).Zip(stored.OrderBy(envelope => envelope.EventId)))
        {
            var (before, after) = (DataPlaneJson.Serialize(was), DataPlaneJson.Serialize(isNow));
            using var left = JsonDocument.Parse(before);
            using var right = JsonDocument.Parse(after);
            Assert.True(JsonElement.DeepEquals(left.RootElement, right.RootElement), $"Published: {Excerpt(before)}\nRead back: {Excerpt(after)}");
        }
    }

    private static string Excerpt(string json) => json.Length <= 4_000 ? json : string.Concat(json.AsSpan(0, 4_000), "...");

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
