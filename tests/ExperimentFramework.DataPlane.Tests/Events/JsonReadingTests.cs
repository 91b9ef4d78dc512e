using System.Text;
using System.Text.Json;
using CsCheck;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>Whatever the bytes are, there is an envelope or a <see cref="JsonException"/> that says where it is wrong.</summary>
public sealed class JsonReadingTests
{
    private const string Head = """{"eventType":"Error","eventId":"0192f0d1-0000-7000-8000-000000000001","timestamp":"2026-03-01T12:00:00Z","schemaVersion":"1.0.0",""";
    private const string Body = """ "schemaVersion":"1.0.0","experimentName":"e","timestamp":"2026-03-01T12:00:00Z","source":"s","message":"m" """;

    public static TheoryData<string, string> Wrong => new()
    {
        { "", "The envelope at byte 0 is not valid JSON" },
        { "[]", "The envelope at byte 0 is an array; expected an object." },
        { "{}", "eventType at byte 1 is missing" },
        { """{"eventType":7}""", "eventType at byte 13 is a number; expected a string." },
        { """{"eventType":"Error","eventId":7}""", "eventId at byte 31 is a number; expected a UUID as a string." },
        { """{"eventType":"Error","eventId":"x"}""", "eventId at byte 31 is another string; expected a UUID." },
        { """{"timestamp":"noon"}""", "timestamp at byte 13 is another string; expected an ISO 8601 time with Z or an offset." },
        { """{"timestamp":"2026-03-01T12:00:00"}""", "timestamp at byte 13 is another string; expected an ISO 8601 time with Z or an offset." },
        { """{"schemaVersion":"2.0.0"}""", "schemaVersion at byte 17 is an unsupported major version; expected 1.x." },
        { """{"eventType":"Error","eventType":"Error"}""", "eventType at byte 21 appears twice; expected it once." },
        { """{"eventType":"\ud800"}""", "eventType at byte 13 contains invalid UTF-8 or an unpaired surrogate; expected valid text." },
        { Head + "\n\"payload\":[]}", "payload at byte 140 is an array; expected an object." },
        { Head + """ "payload":{}}""", "payload.schemaVersion" },
        { Head + """ "payload":{"message":1}}""", "payload.message at byte 151 is a number; expected a string." },
        { Head + """ "metadata":{"a":1}}""", "metadata.a at byte 146 is a number; expected a string." },
        { Head + " \"payload\":{" + Body + "}} {}", "is not valid JSON" },
        { Head + " \"payload\":{" + Body, "is not valid JSON" },
    };

    public static TheoryData<string, string> WrongAttributes => new()
    {
        { """{"a":1},"attributeTypes":{"a":"uuid"}""", "" },
        { """{"a":"x"},"attributeTypes":{"a":"uuid"}""", "payload.attributes.a" },
        { """{"a":"x"},"attributeTypes":{"a":"decimal"}""", "payload.attributes.a" },
        { """{"a":"x"},"attributeTypes":{"a":"timestamp"}""", "payload.attributes.a" },
        { """{"a":"x"},"attributeTypes":{"a":"double"}""", "payload.attributes.a" },
        { """{"a":"x"},"attributeTypes":{"a":"colour"}""", "" },
        { """{"a":1e400}""", "payload.attributes.a" },
        { """{"a":1,"a":2}""", "payload.attributes.a" },
        { """{"a":[1,[2]]}""", "payload.attributes.a[1]" },
        { """{"a":["x"]},"attributeTypes":{"a":"uuid[]"}""", "payload.attributes.a[0]" },
        { """[]""", "payload.attributes" },
        { """{},"attributeTypes":{"a":1}""", "payload.attributeTypes.a" },
        { """{"a":123456789012345678901234567890123456789012345678901234567890}""", "" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Text_that_is_not_an_envelope_is_refused_with_field_place_and_what_was_expected(string json, string message)
    {
        var error = Assert.Throws<JsonException>(() => DataPlaneJson.Deserialize(json));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Path);
        Assert.NotNull(error.BytePositionInLine);
    }

    [Theory]
    [MemberData(nameof(WrongAttributes))]
    public void Attributes_that_are_not_what_their_type_says_are_refused_with_their_path(string attributes, string path)
    {
        var json = $$$"""
            {"eventType":"Exposure","eventId":"0192f0d1-0000-7000-8000-000000000001","timestamp":"2026-03-01T12:00:00Z","schemaVersion":"1.0.0",
             "payload":{"schemaVersion":"1.0.0","experimentName":"e","timestamp":"2026-03-01T12:00:00Z","variantKey":"a","selectionReason":"r",
             "assignmentPolicy":"BestEffort","isRepeatExposure":false,"samplingRate":1,"attributes":{{{attributes}}}}}
            """;

        if (path.Length == 0)
        {
            DataPlaneJson.Deserialize(json);
            return;
        }

        var error = Assert.Throws<JsonException>(() => DataPlaneJson.Deserialize(json));
        Assert.StartsWith(path + " at byte ", error.Message, StringComparison.Ordinal);
        Assert.Equal("$." + path, error.Path);
        Assert.Equal(2, error.LineNumber);
    }

    [Theory]
    [InlineData("data")]
    [InlineData("dataTypes")]
    [InlineData("attributes")]
    [InlineData("attributeTypes")]
    [InlineData("metadata")]
    public void A_member_that_is_null_reads_as_one_that_is_absent(string member)
    {
        var payload = member.StartsWith("data", StringComparison.Ordinal)
            ? (DataPlaneEvent)(SampleEvents.Signal with { Data = null })
            : SampleEvents.Exposure with { Attributes = null };
        var text = DataPlaneJson.Serialize(SampleEvents.Envelope(payload) with { Metadata = null });
        var place = member == "metadata" ? text.IndexOf('{') : text.IndexOf("\"payload\":{", StringComparison.Ordinal) + "\"payload\":".Length;

        var read = DataPlaneJson.Deserialize(text.Insert(place + 1, $"\"{member}\":null,"));

        Assert.Null(read.Metadata);
        Assert.Null(read.Payload is AnalysisSignalEvent signal ? signal.Data : ((ExposureEvent)read.Payload).Attributes);
        Assert.Equal(text, DataPlaneJson.Serialize(read));
    }

    [Fact]
    public void A_member_that_a_later_version_adds_to_a_row_of_an_account_is_skipped_whatever_it_holds()
    {
        var text = DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Accounting));

        var read = DataPlaneJson.Deserialize(text.Replace("\"experimentName\":", "\"later\":{\"count\":[1,{\"reason\":2}]},\"experimentName\":", StringComparison.Ordinal));

        Assert.Equal(text, DataPlaneJson.Serialize(read));
    }

    [Fact]
    public void A_long_name_costs_as_much_as_it_is_long_however_many_members_it_has()
    {
        var members = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"{i}\":[{i},{i}]"));
        var json = Encoding.UTF8.GetBytes(Exposure("{\"" + new string('n', 1_000_000) + "\":{" + members + "}}"));
        DataPlaneJson.Deserialize(Encoding.UTF8.GetBytes(Exposure("{}")));

        var before = GC.GetAllocatedBytesForCurrentThread();
        DataPlaneJson.Deserialize(json);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    [Fact]
    public void A_complaint_shows_the_beginning_of_a_long_name()
    {
        var error = Assert.Throws<JsonException>(() => DataPlaneJson.Deserialize(Exposure("{\"" + new string('n', 1_000_000) + "\":{\"a\":1e400}}")));

        Assert.StartsWith("payload.attributes.nnn", error.Message, StringComparison.Ordinal);
        Assert.Contains("n….a at byte", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 0, 1_000);
    }

    private static string Exposure(string attributes) => $$$"""
        {"eventType":"Exposure","eventId":"0192f0d1-0000-7000-8000-000000000001","timestamp":"2026-03-01T12:00:00Z","schemaVersion":"1.0.0",
         "payload":{"schemaVersion":"1.0.0","experimentName":"e","timestamp":"2026-03-01T12:00:00Z","variantKey":"a","selectionReason":"r",
         "assignmentPolicy":"BestEffort","isRepeatExposure":false,"samplingRate":1,"attributes":{{{attributes}}}}}
        """;

    [Fact]
    public void Events_that_are_read_one_after_the_other_are_as_those_that_are_read_alone() => RandomEvents.Envelopes.Array[1, 10].Sample(
        envelopes =>
        {
            var repeated = new RepeatedJson();
            foreach (var json in envelopes.Concat(envelopes).Select(DataPlaneJson.Serialize).Select(Encoding.UTF8.GetBytes))
            {
                Assert.Equal(DataPlaneJson.Serialize(DataPlaneJson.Deserialize(json)), DataPlaneJson.Serialize(DataPlaneJson.Deserialize(json, repeated)));
            }
        },
        iter: 500);

    [Fact]
    public void A_name_that_appears_twice_is_refused_whatever_was_read_before()
    {
        var repeated = new RepeatedJson();
        var right = Encoding.UTF8.GetBytes(Exposure("""{"a":1,"b":2}"""));
        var wrong = Encoding.UTF8.GetBytes(Exposure("""{"a":1,"a":2}"""));
        for (var i = 0; i < 3; i++)
        {
            DataPlaneJson.Deserialize(right, repeated);
            Assert.Throws<JsonException>(() => DataPlaneJson.Deserialize(wrong, repeated));
        }
    }

    [Fact]
    public void What_events_repeat_takes_no_memory_again()
    {
        var json = Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure)));
        var repeated = new RepeatedJson();
        DataPlaneJson.Deserialize(json, repeated);

        Assert.InRange(Allocated(repeated), 0, Allocated(null) / 2);

        long Allocated(RepeatedJson? reader)
        {
            DataPlaneJson.Deserialize(json, reader);
            var before = GC.GetAllocatedBytesForCurrentThread();
            DataPlaneJson.Deserialize(json, reader);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void A_complaint_never_quotes_a_value()
    {
        var json = DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure)).Replace("\"isRepeatExposure\":true", "\"isRepeatExposure\":\"secret-subject\"", StringComparison.Ordinal);

        Assert.DoesNotContain("secret", Assert.Throws<JsonException>(() => DataPlaneJson.Deserialize(json)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_are_refused() =>
        Gen.Byte.Array[0, 300].Sample(bytes => { Assert.Throws<JsonException>(() => DataPlaneJson.Deserialize(bytes)); }, iter: 20_000);

    [Fact]
    public void Mutated_envelopes_are_read_or_refused() => Gen.Select(RandomEvents.Envelopes, Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 6], Gen.Byte).Array[1, 4]).Sample(
        (envelope, mutations) =>
        {
            var bytes = Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(envelope)).ToList();
            foreach (var (place, kind, value) in mutations)
            {
                Mutate(bytes, place % bytes.Count, kind, value);
            }

            ReadOrRefuse([.. bytes]);
        },
        iter: 20_000);

    [Theory]
    [InlineData("[", 1_000_000)]
    [InlineData("{\"a\":", 1_000_000)]
    [InlineData("9", 1_000_000)]
    [InlineData("\"", 1_000_000)]
    [InlineData("\\ud800", 200_000)]
    [InlineData("\n", 1_000_000)]
    public void Long_and_deep_texts_are_refused(string piece, int count)
    {
        var repeated = string.Concat(Enumerable.Repeat(piece, count));

        foreach (var before in new[] { "", """{"x":""", """{"eventId":""", """{"metadata":{"a":""", """{"payload":{"attributes":""" })
        {
            ReadOrRefuse(Encoding.UTF8.GetBytes(before + repeated));
            ReadOrRefuse(Encoding.UTF8.GetBytes(before + "\"" + repeated + "\"}"));
        }
    }

    private static void Mutate(List<byte> bytes, int place, int kind, byte value)
    {
        switch (kind)
        {
            case 0:
                bytes[place] = value;
                break;
            case 1:
                bytes.Insert(place, value);
                break;
            case 2 when bytes.Count > 1:
                bytes.RemoveAt(place);
                break;
            case 3:
                bytes.RemoveRange(place, bytes.Count - place);
                bytes.Add((byte)'}');
                break;
            case 4:
                bytes.InsertRange(place, bytes.Skip(place / 2).Take(value).ToArray());
                break;
            default:
                bytes.InsertRange(place, "1e999,\"a\":[{\"\\udc00\":null}]"u8.ToArray().Take(value % 28));
                break;
        }
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            var read = DataPlaneJson.Deserialize(bytes);
            Assert.Equal(DataPlaneJson.Serialize(read), DataPlaneJson.Serialize(DataPlaneJson.Deserialize(DataPlaneJson.Serialize(read))));
        }
        catch (JsonException error)
        {
            Assert.Contains(" at byte ", error.Message, StringComparison.Ordinal);
        }
    }
}
