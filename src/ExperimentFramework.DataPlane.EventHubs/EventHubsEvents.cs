using System.Globalization;
using System.Text.Json;
using Azure.Messaging.EventHubs;

namespace ExperimentFramework.DataPlane.EventHubs;

/// <summary>Reads events from messages of Event Hubs, for consumers.</summary>
public static class EventHubsEvents
{
    private const string OlderAttributePrefix = "cloudEvents:";

    /// <summary>Reads the event of a message: an envelope as JSON, or a CloudEvent in binary or structured mode.</summary>
    /// <param name="message">The message, as a consumer of <c>Azure.Messaging.EventHubs</c> receives it.</param>
    /// <returns>The event.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is null.</exception>
    /// <exception cref="JsonException">The message is not an event of this library; the error names the field or attribute and what was expected, but never quotes a value.</exception>
    public static DataPlaneEnvelope Read(EventData message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var fields = default(CloudEventFields);
        var isCloudEvent = false;
        foreach (var (name, value) in message.Properties)
        {
            if (AttributeOf(name) is { } attribute)
            {
                isCloudEvent = true;
                fields.ReadHeader(attribute, Text(value));
            }
        }

        var body = message.EventBody.ToMemory().Span;
        return isCloudEvent ? fields.ToEnvelope(body) : DataPlaneJson.Deserialize(body);
    }

    private static string? AttributeOf(string property) =>
        property.StartsWith(EventMessages.AttributePrefix, StringComparison.Ordinal) ? property[EventMessages.AttributePrefix.Length..]
        : property.StartsWith(OlderAttributePrefix, StringComparison.Ordinal) ? property[OlderAttributePrefix.Length..]
        : null;

    /// <summary>Other producers may have written a time as AMQP's own type.</summary>
    private static string Text(object? value) => value switch
    {
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
