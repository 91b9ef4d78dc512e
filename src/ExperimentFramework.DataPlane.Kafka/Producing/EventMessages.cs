using System.Text;
using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// Creates messages from events, with the subject as key: the envelope as JSON, and the values that consumers filter by as headers; or a CloudEvent in binary mode. Not thread-safe.
/// </summary>
internal sealed class EventMessages(EventFormat format) : IDisposable
{
    private static readonly Header ContentType = new(EventHeaders.ContentType, "application/json"u8.ToArray());

    private readonly DataPlaneJsonWriter _writer = new();

    /// <summary>The headers that most events share, by type and version.</summary>
    private readonly Dictionary<(DataPlaneEventType Type, string Version), (Header Type, Header Version)> _shared = [];

    /// <summary>Creates a message.</summary>
    /// <exception cref="EventRejectedException">The event cannot be written.</exception>
    public Message<byte[]?, byte[]> Create(DataPlaneEnvelope envelope)
    {
        try
        {
            return format == EventFormat.CloudEvents ? CreateCloudEvent(envelope) : CreateJson(envelope);
        }
        catch (Exception exception)
        {
            throw new EventRejectedException($"The event {envelope.EventId} cannot be written as JSON.", exception);
        }
    }

    public void Dispose() => _writer.Dispose();

    private Message<byte[]?, byte[]> CreateJson(DataPlaneEnvelope envelope)
    {
        var (type, version) = SharedHeaders(envelope);
        return new Message<byte[]?, byte[]>
        {
            Key = SubjectKey.Of(envelope.Payload),
            Value = _writer.Write(envelope).ToArray(),
            Headers = [new Header(EventHeaders.EventId, IdOf(envelope)), type, version, ContentType],
        };
    }

    private Message<byte[]?, byte[]> CreateCloudEvent(DataPlaneEnvelope envelope)
    {
        var headers = new Headers();
        var target = new CloudEventHeaders(headers);
        CloudEventAttributes.Write(envelope, ref target);
        return new Message<byte[]?, byte[]> { Key = SubjectKey.Of(envelope.Payload), Value = _writer.WritePayload(envelope).ToArray(), Headers = headers };
    }

    private (Header Type, Header Version) SharedHeaders(DataPlaneEnvelope envelope)
    {
        if (envelope.Payload is UnknownEvent unknown)
        {
            return (HeaderOf(EventHeaders.EventType, unknown.EventTypeName), HeaderOf(EventHeaders.SchemaVersion, envelope.SchemaVersion));
        }

        var key = (envelope.EventType, envelope.SchemaVersion);
        if (!_shared.TryGetValue(key, out var headers))
        {
            headers = (HeaderOf(EventHeaders.EventType, envelope.EventType.ToString()), HeaderOf(EventHeaders.SchemaVersion, envelope.SchemaVersion));
            if (_shared.Count < 1_000)
            {
                _shared.Add(key, headers);
            }
        }

        return headers;
    }

    private static byte[] IdOf(DataPlaneEnvelope envelope)
    {
        var id = new byte[36];
        envelope.EventId.TryFormat(id, out _);
        return id;
    }

    private static Header HeaderOf(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));
}
