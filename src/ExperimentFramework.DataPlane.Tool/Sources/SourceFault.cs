namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A part of a source that cannot be read.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The number of the line, from 1; null if it is the whole file, or no file of lines.</param>
/// <param name="Field">The path of the field that is wrong; null if it is not a single one.</param>
/// <param name="Message">What is wrong and what to do about it. Values of events are never quoted.</param>
internal sealed record SourceFault(string File, long? Line, string? Field, string Message)
{
    /// <summary>Where the message of a topic is; null if it is none.</summary>
    public (int Partition, long Offset)? MessagePlace { get; init; }
}
