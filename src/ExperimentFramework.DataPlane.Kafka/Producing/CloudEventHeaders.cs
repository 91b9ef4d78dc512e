using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// The attributes of a CloudEvent as headers
/// (<see href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">Kafka protocol binding 1.0.2, section 3.2</see>).
/// </summary>
internal readonly struct CloudEventHeaders(Headers headers) : ICloudEventTarget
{
    public const string Prefix = "ce_";

    public void Add(JsonEncodedText name, string value) => Add(name, Encoding.UTF8.GetBytes(value));

    public void Add(JsonEncodedText name, ReadOnlySpan<byte> utf8Value) => Add(name, utf8Value.ToArray());

    private void Add(JsonEncodedText name, byte[] value) =>
        headers.Add(name.Equals(CloudEventAttributes.DataContentType) ? EventHeaders.ContentType : Prefix + name.Value, value);
}
