using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>Creates events from messages: envelopes as JSON, and CloudEvents in binary or structured mode. Not thread-safe.</summary>
internal sealed class EventMessageReader(Action<UnreadableMessage>? report)
{
    private readonly RepeatedJson _repeated = new();

    /// <summary>Reads a message.</summary>
    /// <returns>Null for a message that is not an event, after it was reported.</returns>
    /// <exception cref="InvalidDataException">The message is not an event, and there is no callback for such messages.</exception>
    public KafkaStoredEvent? Read(ConsumeResult<Ignore, byte[]?> message)
    {
        var position = new KafkaPosition(message.Topic, message.Partition, message.Offset);
        if (message.Message.Value is not { } value)
        {
            Report(position, null, "has no value: it deletes a key in a compacted topic.");
            return null;
        }

        try
        {
            return new KafkaStoredEvent { Envelope = EnvelopeOf(message.Message.Headers, value, _repeated), Position = position };
        }
        catch (JsonException exception)
        {
            Report(position, exception.Path is { Length: > 2 } path ? path[2..] : null, $"is not an event. {exception.Message}");
            return null;
        }
    }

    /// <summary>Creates an event from the headers and the value of a message.</summary>
    /// <exception cref="JsonException">They are not an event.</exception>
    public static DataPlaneEnvelope EnvelopeOf(Headers? headers, byte[] value, RepeatedJson repeated)
    {
        var fields = default(CloudEventFields);
        var isCloudEvent = false;
        for (var i = 0; i < headers?.Count; i++)
        {
            var header = headers[i];
            if (header.Key.StartsWith(CloudEventHeaders.Prefix, StringComparison.Ordinal))
            {
                isCloudEvent = true;
                fields.ReadHeader(header.Key[CloudEventHeaders.Prefix.Length..], Encoding.UTF8.GetString(header.GetValueBytes() ?? []));
            }
        }

        return isCloudEvent ? fields.ToEnvelope(value) : DataPlaneJson.Deserialize(value, repeated);
    }

    private void Report(KafkaPosition position, string? field, string message)
    {
        var unreadable = new UnreadableMessage
        {
            Position = position,
            Field = field,
            Message = string.Create(CultureInfo.InvariantCulture, $"The message at offset {position.Offset} of partition {position.Partition} of topic '{position.Topic}' {message}"),
        };
        if (report is null)
        {
            throw new InvalidDataException($"{unreadable.Message} Set KafkaReadingOptions.{nameof(KafkaReadingOptions.OnUnreadableMessage)} to continue after such messages.");
        }

        report(unreadable);
    }
}
