using System.Globalization;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What a destination that keeps events stores of each: all of it, whatever it holds.</summary>
public abstract class StoredEventContract
{
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
        DataPlaneEnvelope[] events = [.. payloads.Select(payload => SampleEvents.Envelope(payload) with { CorrelationId = null, SpanId = null, Metadata = null })];

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
            _ => string.Concat(Enumerable.Repeat("0123456789äöü漢🙂", 25_000)),
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
            DataPlaneJson.Deserialize(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure)).Replace("\"eventType\":\"Exposure\"", "\"eventType\":\"Later\"", StringComparison.Ordinal)
                .Replace("\"payload\":{", "\"payload\":{\r\n  \"later \\\" {\\\\\": [ 1.50,\n\t\"a b\" ],", StringComparison.Ordinal)),
            DataPlaneJson.Deserialize(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure)).Replace("SubjectSticky", "LaterPolicy", StringComparison.Ordinal)),
        ];
        Assert.IsType<UnknownEvent>(events[0].Payload);
        Assert.Contains("\"later \\\" {\\\\\":[1.50,\"a b\"],", DataPlaneJson.Serialize(events[1]), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', DataPlaneJson.Serialize(events[1]));

        await AssertDeliveredAsync(backplane, events);

        await AssertStoredAsync(events);
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
}
