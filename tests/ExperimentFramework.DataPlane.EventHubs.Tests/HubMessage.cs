using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Azure.Messaging.EventHubs;

namespace ExperimentFramework.DataPlane.EventHubs.Tests;

/// <summary>A message of an event as a hub stores it.</summary>
internal sealed record HubMessage(string? PartitionKey, string? MessageId, string? ContentType, IReadOnlyDictionary<string, object> Properties, byte[] Body)
{
    /// <summary>The format of a message that holds messages.</summary>
    private const uint BatchFormat = 0x80013700;

    private static readonly Symbol PartitionKeyName = new("x-opt-partition-key");

    public DataPlaneEnvelope Envelope
    {
        get
        {
            var message = new EventData(new BinaryData(Body));
            foreach (var (name, value) in Properties)
            {
                message.Properties.Add(name, value);
            }

            return EventHubsEvents.Read(message);
        }
    }

    public static IEnumerable<HubMessage> Decode(Message transfer)
    {
        var key = transfer.MessageAnnotations?[PartitionKeyName] as string;
        if (transfer.Format != BatchFormat)
        {
            return [Of(transfer, key)];
        }

        return transfer.BodySection switch
        {
            DataList list => Enumerable.Range(0, list.Count).Select(index => Of(Inner(list[index]), key)),
            Data data => [Of(Inner(data), key)],
            _ => throw new InvalidDataException("A batch has no data."),
        };
    }

    private static Message Inner(Data data)
    {
        var bytes = Bytes(data);
        return Message.Decode(new ByteBuffer(bytes, 0, bytes.Length, bytes.Length));
    }

    private static HubMessage Of(Message message, string? key) => new(
        key ?? message.MessageAnnotations?[PartitionKeyName] as string,
        message.Properties?.MessageId,
        message.Properties?.ContentType?.ToString(),
        message.ApplicationProperties?.Map.ToDictionary(entry => (string)entry.Key, entry => entry.Value) ?? [],
        Bytes((Data)message.BodySection));

    private static byte[] Bytes(Data data) => data.Binary ?? data.Buffer.Buffer.AsSpan(data.Buffer.Offset, data.Buffer.Length).ToArray();
}
