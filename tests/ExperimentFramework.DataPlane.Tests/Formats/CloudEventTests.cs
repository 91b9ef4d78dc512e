using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using ExperimentFramework.DataPlane.Tests.Delivery;
using ExperimentFramework.DataPlane.Tests.Events;
using NJsonSchema;

namespace ExperimentFramework.DataPlane.Tests.Formats;

/// <summary>Events as CloudEvents in structured mode.</summary>
public sealed class CloudEventTests
{
    public static TheoryData<string, string> Unreadable => new()
    {
        { "specversion", "\"0.3\"" },
        { "id", "\"7\"" },
        { "type", "\"com.example.order.placed\"" },
        { "type", "\"ExperimentFramework.DataPlane.\"" },
        { "time", "\"2026-03-01T12:00:00\"" },
        { "metadata", "\"[1]\"" },
        { "metadata", "{\"a\":\"b\"}" },
        { "data", "[]" },
        { "data", "{\"variantKey\":\"b\"}" },
    };

    [Fact]
    public void The_envelopes_fields_are_attributes_and_the_event_is_the_data()
    {
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure with { ExperimentName = "Preis/Test ü" }) with
        {
            CorrelationId = "0af7651916cd43dd8448eb211c80319c", SpanId = "b7ad6b7169203331", Metadata = new Dictionary<string, string> { ["pseudonymKeyId"] = "März" },
        };

        var json = JsonNode.Parse(DataPlaneJson.Serialize(envelope, EventFormat.CloudEvents))!.AsObject();

        var data = json["data"]!;
        json.Remove("data");
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["specversion"] = "1.0",
                ["id"] = envelope.EventId.ToString(),
                ["source"] = "urn:experimentframework:experiment:Preis%2FTest%20%C3%BC",
                ["type"] = "ExperimentFramework.DataPlane.Exposure",
                ["time"] = envelope.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                ["datacontenttype"] = "application/json",
                ["dataschema"] = $"urn:experimentframework:dataplane:exposure:{envelope.SchemaVersion}",
                ["subject"] = "u1",
                ["tenantid"] = "t1",
                ["correlationid"] = "0af7651916cd43dd8448eb211c80319c",
                ["spanid"] = "b7ad6b7169203331",
                ["metadata"] = "{\"pseudonymKeyId\":\"M\\u00E4rz\"}",
            },
            json.ToDictionary(member => member.Key, member => member.Value!.GetValue<string>()));
        Assert.Equal(JsonNode.Parse(DataPlaneJson.Serialize(envelope))!["payload"]!.ToJsonString(), data.ToJsonString());
    }

    [Fact]
    public async Task Random_events_are_valid_cloud_events_with_valid_data()
    {
        var schema = await SchemaAsync();
        var events = new Dictionary<string, JsonSchema>();
        foreach (var (file, text) in EventSchemas.Files)
        {
            events.Add(JsonNode.Parse(text)!["$id"]!.GetValue<string>(), await JsonSchema.FromJsonAsync(text));
            Assert.EndsWith(".schema.json", file, StringComparison.Ordinal);
        }

        RandomEvents.Envelopes.Sample(
            envelope =>
            {
                var json = JsonNode.Parse(DataPlaneJson.Serialize(envelope, EventFormat.CloudEvents))!;
                Assert.Empty(schema.Validate(json.ToJsonString()));
                Assert.Empty(events[json["dataschema"]!.GetValue<string>()].Validate(json["data"]!.ToJsonString()));
            },
            iter: 3_000);
    }

    [Theory]
    [InlineData("id", "")]
    [InlineData("source", "")]
    [InlineData("source", "a b")]
    [InlineData("specversion", "1.1")]
    [InlineData("subject", "")]
    [InlineData("subject", "a\u0001")]
    [InlineData("time", "yesterday")]
    [InlineData("dataschema", "no schema")]
    [InlineData("tenantId", "t1")]
    public async Task The_schema_refuses_what_the_specification_refuses(string member, string value)
    {
        var json = JsonNode.Parse(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure), EventFormat.CloudEvents))!;
        json[member] = value;

        Assert.NotEmpty((await SchemaAsync()).Validate(json.ToJsonString()));
    }

    [Fact]
    public void Random_events_come_back_as_they_were() => RandomEvents.Envelopes.Sample(
        envelope =>
        {
            // What an attribute of a CloudEvent cannot hold is left out.
            var representable = envelope with { CorrelationId = Representable(envelope.CorrelationId), SpanId = Representable(envelope.SpanId) };

            var read = DataPlaneJson.Deserialize(DataPlaneJson.Serialize(envelope, EventFormat.CloudEvents));

            Assert.Equal(DataPlaneJson.Serialize(representable), DataPlaneJson.Serialize(read));
        },
        iter: 10_000);

    [Fact]
    public void An_event_of_a_category_that_a_reader_does_not_know_survives()
    {
        var text = DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Error)).Replace("\"Error\"", "\"Party\"", StringComparison.Ordinal);
        var unknown = DataPlaneJson.Deserialize(text);

        var cloudEvent = DataPlaneJson.Serialize(unknown, EventFormat.CloudEvents);

        Assert.Contains("\"type\":\"ExperimentFramework.DataPlane.Party\"", cloudEvent, StringComparison.Ordinal);
        Assert.DoesNotContain("dataschema", cloudEvent, StringComparison.Ordinal);
        Assert.Equal(text, DataPlaneJson.Serialize(DataPlaneJson.Deserialize(cloudEvent)));
    }

    [Fact]
    public void Members_may_come_in_any_order_and_unknown_ones_are_passed_over()
    {
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure);
        var json = JsonNode.Parse(DataPlaneJson.Serialize(envelope, EventFormat.CloudEvents))!.AsObject();
        var reversed = new JsonObject(json.Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())).Prepend(KeyValuePair.Create<string, JsonNode?>("timestamp", 7)));

        Assert.Equal(DataPlaneJson.Serialize(envelope), DataPlaneJson.Serialize(DataPlaneJson.Deserialize(reversed.ToJsonString())));
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void An_error_names_the_attribute_and_never_quotes_it(string member, string value)
    {
        var json = JsonNode.Parse(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure), EventFormat.CloudEvents))!;
        json[member] = JsonNode.Parse(value);

        var error = Assert.Throws<JsonException>(() => DataPlaneJson.Deserialize(json.ToJsonString()));

        Assert.StartsWith(member, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("$." + member, error.Path, StringComparison.Ordinal);
        Assert.DoesNotContain("com.example", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("type")]
    [InlineData("time")]
    [InlineData("data")]
    public void What_an_envelope_needs_is_missed_by_name(string member)
    {
        var json = JsonNode.Parse(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure), EventFormat.CloudEvents))!.AsObject();
        json.Remove(member);

        Assert.StartsWith($"{member} at byte", Assert.Throws<JsonException>(() => DataPlaneJson.Deserialize(json.ToJsonString())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\u0000b")]
    [InlineData("line\nend")]
    [InlineData("a\u0085")]
    [InlineData("a\ufdd0")]
    [InlineData("a\uffff")]
    [InlineData("")]
    public void A_text_that_an_attribute_cannot_hold_is_left_out_and_stays_in_the_event(string subject)
    {
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure with { SubjectId = subject, TenantId = subject });

        var json = JsonNode.Parse(DataPlaneJson.Serialize(envelope, EventFormat.CloudEvents))!;

        Assert.Null(json["subject"]);
        Assert.Null(json["tenantid"]);
        Assert.Equal(subject, json["data"]!["subjectId"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(20_000)]
    public void A_name_of_any_length_is_a_source(int length)
    {
        var name = new string('ü', length);

        var json = JsonNode.Parse(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure with { ExperimentName = name }), EventFormat.CloudEvents))!;

        Assert.Equal("urn:experimentframework:experiment:" + Uri.EscapeDataString(name), json["source"]!.GetValue<string>());
    }

    [Fact]
    public void Nothing_is_allocated_for_an_event()
    {
        using var writer = new DataPlaneJsonWriter(EventFormat.CloudEvents);
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

    [Fact]
    public void A_format_that_is_not_defined_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new DataPlaneJsonWriter((EventFormat)2));

    private static string? Representable(string? id) => string.IsNullOrEmpty(id) || id.Any(char.IsControl) ? null : id;

    private static Task<JsonSchema> SchemaAsync() => JsonSchema.FromFileAsync(Path.Combine(Repository.Tests, "../assets/CloudEvents/cloudevents-1.0.schema.json"));
}
