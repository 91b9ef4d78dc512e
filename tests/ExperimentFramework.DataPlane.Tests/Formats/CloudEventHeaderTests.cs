using System.Text;
using System.Text.Json;
using CsCheck;
using ExperimentFramework.DataPlane.Tests.Delivery;
using ExperimentFramework.DataPlane.Tests.Events;

namespace ExperimentFramework.DataPlane.Tests.Formats;

/// <summary>Events as CloudEvents in binary mode: attributes as headers, the event as the body.</summary>
public sealed class CloudEventHeaderTests
{
    [Fact]
    public void Headers_are_the_members_of_structured_mode_and_the_body_is_its_data() => RandomEvents.Envelopes.Sample(
        envelope =>
        {
            using var json = JsonDocument.Parse(DataPlaneJson.Serialize(envelope, EventFormat.CloudEvents));

            var (headers, body) = Write(envelope);

            Assert.Equal(
                json.RootElement.EnumerateObject().Where(member => member.Name != "data").Select(member => (member.Name, member.Value.GetString()!)),
                headers.Select(header => (header.Key, header.Value)));
            Assert.Equal(json.RootElement.GetProperty("data").GetRawText(), body);
        },
        iter: 1_000);

    [Fact]
    public void Random_events_come_back_as_from_structured_mode() => RandomEvents.Envelopes.Sample(
        envelope =>
        {
            var (headers, body) = Write(envelope);

            Assert.Equal(DataPlaneJson.Serialize(DataPlaneJson.Deserialize(DataPlaneJson.Serialize(envelope, EventFormat.CloudEvents))), DataPlaneJson.Serialize(Read(headers, body)));
        },
        iter: 1_000);

    [Theory]
    [InlineData("specversion", "0.3")]
    [InlineData("id", "7")]
    [InlineData("type", "com.example.order")]
    [InlineData("time", "2026-03-01T12:00:00")]
    [InlineData("time", "12:00Z")]
    [InlineData("metadata", "[1]")]
    public void An_error_names_the_attribute_and_never_quotes_it(string name, string value)
    {
        var (headers, body) = Write(SampleEvents.Envelope(SampleEvents.Exposure));
        headers[name] = value;

        var error = Assert.Throws<JsonException>(() => Read(headers, body));

        Assert.StartsWith($"The attribute {name} has another value; expected", error.Message, StringComparison.Ordinal);
        Assert.Equal("$." + name, error.Path);
        Assert.DoesNotContain(value + " ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("type")]
    [InlineData("time")]
    public void What_an_envelope_needs_is_missed_by_name(string name)
    {
        var (headers, body) = Write(SampleEvents.Envelope(SampleEvents.Exposure));
        headers.Remove(name);

        Assert.StartsWith(name, Assert.Throws<JsonException>(() => Read(headers, body)).Message, StringComparison.Ordinal);
    }

    private static (Dictionary<string, string> Headers, string Body) Write(DataPlaneEnvelope envelope)
    {
        var headers = new Headers([]);
        CloudEventAttributes.Write(envelope, ref headers);
        using var writer = new DataPlaneJsonWriter();
        return (headers.Values, Encoding.UTF8.GetString(writer.WritePayload(envelope).Span));
    }

    private static DataPlaneEnvelope Read(Dictionary<string, string> headers, string body)
    {
        var fields = default(CloudEventFields);
        foreach (var (name, value) in headers)
        {
            fields.ReadHeader(name, value);
        }

        return fields.ToEnvelope(Encoding.UTF8.GetBytes(body));
    }

    private readonly struct Headers(Dictionary<string, string> values) : ICloudEventTarget
    {
        public Dictionary<string, string> Values => values;

        public void Add(JsonEncodedText name, string value) => values.Add(name.Value, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value)));

        public void Add(JsonEncodedText name, ReadOnlySpan<byte> utf8Value) => values.Add(name.Value, Encoding.UTF8.GetString(utf8Value));
    }
}
