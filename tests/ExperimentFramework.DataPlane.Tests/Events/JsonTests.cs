using System.Collections;
using System.Text;
using System.Text.Json;
using CsCheck;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Tests.Events;

public sealed class JsonTests
{
    private static readonly DateTimeOffset Local = new(2026, 3, 1, 14, 0, 0, 123, 456, TimeSpan.FromHours(2));

    public static TheoryData<object?, string, string?> Values => new()
    {
        { null, "null", null },
        { "ü", "\"ü\"", null },
        { true, "true", null },
        { 7L, "7", null },
        { long.MinValue, "-9223372036854775808", null },
        { 2.0, "2.0", null },
        { -0.0, "-0.0", null },
        { 1e300, "1E+300", null },
        { double.NaN, "\"NaN\"", "\"double\"" },
        { double.NegativeInfinity, "\"-Infinity\"", "\"double\"" },
        { 12.50m, "12.50", "\"decimal\"" },
        { decimal.MaxValue, "79228162514264337593543950335", "\"decimal\"" },
        { Local, "\"2026-03-01T14:00:00.1234560+02:00\"", "\"timestamp\"" },
        { Guid.Parse("0192f0d1-0000-7000-8000-000000000001"), "\"0192f0d1-0000-7000-8000-000000000001\"", "\"uuid\"" },
        { new[] { "a", null }, "[\"a\",null]", null },
        { new[] { 1L, 2L }, "[1,2]", null },
        { new long?[] { 1, null }, "[1,null]", null },
        { new[] { true, false }, "[true,false]", null },
        { new[] { 1.0, 2.5 }, "[1.0,2.5]", null },
        { new[] { 1.0, double.NaN }, "[1.0,\"NaN\"]", "\"double[]\"" },
        { new[] { 1.10m }, "[1.10]", "\"decimal[]\"" },
        { new[] { Guid.Empty }, "[\"00000000-0000-0000-0000-000000000000\"]", "\"uuid[]\"" },
        { new[] { Local }, "[\"2026-03-01T14:00:00.1234560+02:00\"]", "\"timestamp[]\"" },
        { Array.Empty<long>(), "[]", "\"long[]\"" },
        { Array.Empty<string>(), "[]", "\"string[]\"" },
        { new Dictionary<string, object?> { ["inner"] = 1.5m, ["plain"] = 1L }, "{\"inner\":1.5,\"plain\":1}", "{\"inner\":\"decimal\"}" },
    };

    public static TheoryData<object, object, string> Converted => new()
    {
        { 7, 7L, "an int" },
        { (byte)7, 7L, "a byte" },
        { ulong.MaxValue, (decimal)ulong.MaxValue, "an unsigned long" },
        { 1.5f, 1.5, "a float" },
        { 'x', "x", "a character" },
        { DayOfWeek.Friday, "Friday", "an enumeration" },
        { new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc), new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), "a time" },
        { new DateOnly(2026, 3, 1), "2026-03-01", "a date" },
        { TimeSpan.FromMinutes(90), "01:30:00", "a time span" },
        { new[] { 1, 2 }, new[] { 1L, 2L }, "ints" },
        { new List<int> { 1, 2 }, new[] { 1L, 2L }, "a list" },
        { new[] { ulong.MaxValue }, new[] { (decimal)ulong.MaxValue }, "unsigned longs" },
        { new[] { DayOfWeek.Friday }, new[] { "Friday" }, "enumerations" },
        { new object[] { 1, "a", 2.5m }, new[] { "1", "a", "2.5" }, "a mixed array" },
        { new Dictionary<string, int> { ["a"] = 1 }, new Dictionary<string, object?> { ["a"] = 1L }, "a dictionary" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void An_attribute_is_plain_json_and_comes_back_as_it_was(object? value, string json, string? type)
    {
        var envelope = WithAttribute(value);

        var text = DataPlaneJson.Serialize(envelope);

        Assert.Contains($"\"attributes\":{{\"value\":{json}}}", text, StringComparison.Ordinal);
        Assert.Equal(type is not null, text.Contains("attributeTypes", StringComparison.Ordinal));
        Assert.Contains(type is null ? "" : $"\"attributeTypes\":{{\"value\":{type}}}", text, StringComparison.Ordinal);
        Same(value, AttributeOf(DataPlaneJson.Deserialize(text)));
    }

    [Theory]
    [MemberData(nameof(Converted))]
    public void Other_values_take_the_nearest_type_of_events(object value, object expected, string _)
    {
        using var writer = new DataPlaneJsonWriter();

        Same(expected, AttributeOf(DataPlaneJson.Deserialize(writer.Write(WithAttribute(value)).Span)));

        Assert.Equal(0, writer.ReplacedValues);
    }

    [Fact]
    public void A_value_that_cannot_be_written_is_replaced_by_its_type_and_counted()
    {
        using var writer = new DataPlaneJsonWriter();
        var endless = new Dictionary<string, object?>();
        endless["self"] = endless;
        object[] values = [new object(), new Throwing(), new object[] { 1, new object() }, new object[] { new[] { 1 } }, endless, new Hashtable { [1] = "a" }];

        var texts = values.Select(value => Encoding.UTF8.GetString(writer.Write(WithAttribute(value)).Span)).ToList();

        Assert.Contains("{\"value\":\"Object\"}", texts[0], StringComparison.Ordinal);
        Assert.Contains("{\"value\":\"Throwing\"}", texts[1], StringComparison.Ordinal);
        Assert.Contains("{\"value\":[\"1\",\"Object\"]}", texts[2], StringComparison.Ordinal);
        Assert.Contains("{\"value\":[\"Int32[]\"]}", texts[3], StringComparison.Ordinal);
        Assert.Contains("\"Dictionary`2\"", texts[4], StringComparison.Ordinal);
        Assert.Contains("{\"value\":\"Hashtable\"}", texts[5], StringComparison.Ordinal);
        Assert.Equal(values.Length, writer.ReplacedValues);
    }

    [Fact]
    public void Random_events_come_back_as_they_were() => RandomEvents.Envelopes.Sample(
        envelope =>
        {
            var text = DataPlaneJson.Serialize(envelope);
            var read = DataPlaneJson.Deserialize(text);
            Assert.Equal(Comparable(envelope), Comparable(read));
            Same(Nested(envelope.Payload), Nested(read.Payload));
            Assert.Equal(text, DataPlaneJson.Serialize(read));
        },
        iter: 10_000);

    [Fact]
    public void Times_are_utc_with_seven_digits_and_durations_are_seconds()
    {
        var text = DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Outcome with { Timestamp = Local, Duration = TimeSpan.FromTicks(125_001) }));

        Assert.Contains("\"timestamp\":\"2026-03-01T12:00:00.1234560Z\"", text, StringComparison.Ordinal);
        Assert.Contains("\"duration\":0.0125001,", text, StringComparison.Ordinal);
        Assert.Equal(Local, DataPlaneJson.Deserialize(text).Payload.Timestamp);
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character()
    {
        var text = DataPlaneJson.Serialize(WithAttribute("a\ud800b"));

        Assert.Equal("a\uFFFDb", AttributeOf(DataPlaneJson.Deserialize(text)));
    }

    [Fact]
    public void Names_of_enumerations_that_a_reader_does_not_know_survive()
    {
        var text = DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Signal))
            .Replace("SampleRatioMismatch", "NoveltyEffect", StringComparison.Ordinal)
            .Replace("Critical", "Fatal", StringComparison.Ordinal);

        var read = DataPlaneJson.Deserialize(text);

        var signal = Assert.IsType<AnalysisSignalEvent>(read.Payload);
        Assert.False(Enum.IsDefined(signal.SignalType));
        Assert.Equal("NoveltyEffect", signal.UnknownValues!["signalType"]);
        Assert.Equal(text, DataPlaneJson.Serialize(read));
        Assert.Contains("\"severity\":\"17\"", DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Signal with { Severity = (SignalSeverity)17 })), StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_of_a_category_that_a_reader_does_not_know_survives()
    {
        var text = DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Error)).Replace("\"Error\"", "\"Party\"", StringComparison.Ordinal);

        var read = DataPlaneJson.Deserialize(text);

        var unknown = Assert.IsType<UnknownEvent>(read.Payload);
        Assert.Equal("Party", unknown.EventTypeName);
        Assert.Equal("exp", unknown.ExperimentName);
        Assert.Equal(text, DataPlaneJson.Serialize(read));
    }

    [Fact]
    public void Fields_may_come_in_any_order_and_unknown_ones_are_passed_over()
    {
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure with { Attributes = new Dictionary<string, object?> { ["price"] = 1.10m } });
        using var document = JsonDocument.Parse(DataPlaneJson.Serialize(envelope));

        var read = DataPlaneJson.Deserialize(Reversed(document.RootElement));

        Assert.Equal(DataPlaneJson.Serialize(envelope), DataPlaneJson.Serialize(read));
    }

    [Fact]
    public void Nothing_is_allocated_for_an_event()
    {
        using var writer = new DataPlaneJsonWriter();
        var envelopes = SampleEvents.All.Select(SampleEvents.Envelope).Select(envelope => envelope with { Metadata = null }).ToArray();
        WriteAll();

        var before = GC.GetAllocatedBytesForCurrentThread();
        WriteAll();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void WriteAll()
        {
            foreach (var envelope in envelopes)
            {
                writer.Write(envelope);
            }
        }
    }

    internal static DataPlaneEnvelope WithAttribute(object? value) =>
        SampleEvents.Envelope(SampleEvents.Exposure with { Attributes = new Dictionary<string, object?> { ["value"] = value } });

    private static object? AttributeOf(DataPlaneEnvelope envelope) => ((ExposureEvent)envelope.Payload).Attributes!["value"];

    private static IReadOnlyDictionary<string, object?>? Nested(DataPlaneEvent payload) =>
        (payload as ExposureEvent)?.Attributes ?? (payload as AnalysisSignalEvent)?.Data ?? (payload as MetricEvent)?.Attributes ?? (payload as ErrorEvent)?.Data;

    /// <summary>All but the dictionaries, which records compare by reference.</summary>
    private static (DataPlaneEnvelope, DataPlaneEvent, string) Comparable(DataPlaneEnvelope envelope)
    {
        DataPlaneEvent payload = envelope.Payload switch
        {
            ExposureEvent exposure => exposure with { Attributes = null },
            AnalysisSignalEvent signal => signal with { Data = null },
            MetricEvent metric => metric with { Attributes = null },
            ErrorEvent error => error with { Data = null },
            var other => other,
        };
        var metadata = string.Join(";", (envelope.Metadata ?? new Dictionary<string, string>()).Select(entry => $"{entry.Key}={entry.Value}"));
        return (envelope with { Metadata = null, Payload = payload }, payload, metadata);
    }

    private static void Same(object? expected, object? actual)
    {
        Assert.Equal(expected?.GetType(), actual?.GetType());
        switch (expected)
        {
            case DateTimeOffset time:
                Assert.True(time.EqualsExact((DateTimeOffset)actual!), $"{time:O} came back as {actual:O}.");
                break;
            case IReadOnlyDictionary<string, object?> entries:
                var others = (IReadOnlyDictionary<string, object?>)actual!;
                Assert.Equal(entries.Keys, others.Keys);
                foreach (var (name, value) in entries)
                {
                    Same(value, others[name]);
                }

                break;
            case decimal number:
                Assert.Equal(decimal.GetBits(number), decimal.GetBits((decimal)actual!));
                break;
            case double number:
                Assert.Equal(BitConverter.DoubleToInt64Bits(number), BitConverter.DoubleToInt64Bits((double)actual!));
                break;
            default:
                Assert.Equal(expected, actual);
                break;
        }
    }

    private static string Reversed(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? "{" + string.Join(",", value.EnumerateObject().Reverse().Select(member => $"\"{member.Name}\":{Reversed(member.Value)}").Prepend("\"fromTheFuture\":{\"a\":[1,{}]}")
            .Where(member => value.TryGetProperty("experimentName", out _) || value.TryGetProperty("eventId", out _) || !member.StartsWith("\"fromTheFuture", StringComparison.Ordinal))) + "}"
        : value.GetRawText();

    private sealed class Throwing : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) => throw new InvalidOperationException();
    }
}
