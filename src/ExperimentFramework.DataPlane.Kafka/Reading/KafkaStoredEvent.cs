namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>An event that was read from a topic, with its position there.</summary>
public sealed class KafkaStoredEvent
{
    /// <summary>The event.</summary>
    public required DataPlaneEnvelope Envelope { get; init; }

    /// <summary>The topic, partition and offset.</summary>
    public required KafkaPosition Position { get; init; }
}
