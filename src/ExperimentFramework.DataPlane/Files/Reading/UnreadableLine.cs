namespace ExperimentFramework.DataPlane;

/// <summary>A line of an event file that is not an event, or a part of a file that cannot be read.</summary>
public sealed class UnreadableLine
{
    /// <summary>The full path of the file.</summary>
    public required string File { get; init; }

    /// <summary>The number of the line; the first one is 1.</summary>
    public required long Line { get; init; }

    /// <summary>The path of the field that is wrong, for example <c>payload.samplingRate</c>; null if it is not a single field.</summary>
    public string? Field { get; init; }

    /// <summary>What is wrong, and what was expected. The values of the line are never quoted.</summary>
    public required string Message { get; init; }
}
