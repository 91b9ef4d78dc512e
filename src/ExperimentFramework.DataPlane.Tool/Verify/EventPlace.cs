using System.Globalization;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Where an event is.</summary>
/// <param name="File">The file, topic or database.</param>
/// <param name="Number">The number of the line, or of the event in a file that has no lines, from 1; null if the place has none.</param>
/// <param name="IsLine">Whether that is a line.</param>
/// <param name="EventId">The event's id.</param>
internal sealed record EventPlace(string File, long? Number, bool IsLine, Guid EventId)
{
    /// <summary>The place of an event.</summary>
    public static EventPlace Of(in SourceEvent read) => new(read.File, read.Position > 0 ? read.Position : null, !read.Json.IsEmpty, read.Envelope.EventId);

    /// <summary>Says it in words.</summary>
    public string InWords() => string.Create(CultureInfo.InvariantCulture, $"{(IsLine ? "line" : "event")} {(Number is { } number ? number : EventId)} of {File}");
}
