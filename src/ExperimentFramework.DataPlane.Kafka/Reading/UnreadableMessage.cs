namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>A message in a topic that is not an event.</summary>
public sealed class UnreadableMessage
{
    /// <summary>The topic, partition and offset.</summary>
    public required KafkaPosition Position { get; init; }

    /// <summary>The path of the field or the name of the attribute that is wrong, for example <c>payload.samplingRate</c>; null if it is not a single one.</summary>
    public string? Field { get; init; }

    /// <summary>What is wrong, and what was expected. The values of the message are never quoted.</summary>
    public required string Message { get; init; }
}
