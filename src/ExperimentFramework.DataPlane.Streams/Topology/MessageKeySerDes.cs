using Confluent.Kafka;
using Streamiz.Kafka.Net.SerDes;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The key of a message, which is empty if it has none: the engine passes messages without a key over if a step has a state store, and events without a subject have no key.</summary>
internal sealed class MessageKeySerDes : AbstractSerDes<byte[]>
{
    public override byte[] Deserialize(byte[] data, SerializationContext context) => data ?? [];

    public override byte[] Serialize(byte[] data, SerializationContext context) => data;
}
