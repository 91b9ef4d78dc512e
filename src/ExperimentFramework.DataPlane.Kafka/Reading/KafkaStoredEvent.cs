namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>An event that was read from a topic, and where it is there.</summary>
public sealed class KafkaStoredEvent
{
    /// <summary>The event.</summary>
    public required DataPlaneEnvelope Envelope { get; init; }

    /// <summary>The topic, partition and offset.</summary>
    public required KafkaPosition Position { get; init; }
}
