namespace ExperimentFramework.DataPlane;

/// <summary>An event that was read from a file, with its position there.</summary>
public sealed class StoredEvent
{
    /// <summary>The event.</summary>
    public required DataPlaneEnvelope Envelope { get; init; }

    /// <summary>The full path of the file.</summary>
    public required string File { get; init; }

    /// <summary>The number of the line; the first one is 1.</summary>
    public required long Line { get; init; }
}
