using System.Text;
using System.Text.Json;
using Azure.Messaging.EventHubs;

namespace ExperimentFramework.DataPlane.EventHubs;

/// <summary>Creates messages from events. Not thread-safe.</summary>
internal sealed class EventMessages(EventFormat format) : IDisposable
{
    /// <summary>The start of the names of attributes (AMQP Protocol Binding for CloudEvents 1.0.2, section 3.1.3.1); the colon that older producers use is read too.</summary>
    public const string AttributePrefix = "cloudEvents_";

    public const string EventType = "eventType";

    public const string SchemaVersion = "schemaVersion";

    private readonly DataPlaneJsonWriter _json = new();

    public EventData Create(DataPlaneEnvelope envelope)
    {
        var isCloudEvent = format == EventFormat.CloudEvents;
        var body = isCloudEvent ? _json.WritePayload(envelope) : _json.Write(envelope);
        var message = new EventData(new BinaryData(body.ToArray())) { ContentType = CloudEventAttributes.DataContentTypeValue, MessageId = envelope.EventId.ToString() };
        if (isCloudEvent)
        {
            var attributes = new Attributes(message.Properties);
            CloudEventAttributes.Write(envelope, ref attributes);
        }
        else
        {
            message.Properties[EventType] = CloudEventAttributes.CategoryOf(envelope);
            message.Properties[SchemaVersion] = envelope.SchemaVersion;
        }

        return message;
    }

    public void Dispose() => _json.Dispose();

    private readonly struct Attributes(IDictionary<string, object> properties) : ICloudEventTarget
    {
        public void Add(JsonEncodedText name, string value)
        {
            // The message itself has the content type.
            if (!name.Equals(CloudEventAttributes.DataContentType))
            {
                properties[AttributePrefix + name.Value] = value;
            }
        }

        public void Add(JsonEncodedText name, ReadOnlySpan<byte> utf8Value) => Add(name, Encoding.UTF8.GetString(utf8Value));
    }
}
