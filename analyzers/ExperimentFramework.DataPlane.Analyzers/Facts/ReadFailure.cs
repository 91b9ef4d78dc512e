using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>An exception because of which facts are missing.</summary>
/// <param name="error">The exception.</param>
/// <param name="place">The code that was being read.</param>
internal sealed class ReadFailure(Exception error, Location place)
{
    public Exception Error { get; } = error;

    public Location Place { get; } = place;

    /// <summary>Gets the file and, unless it is the whole file, the line of the code.</summary>
    public string PlaceName => Place.GetLineSpan() is var span && Place.SourceSpan.IsEmpty
        ? Path.GetFileName(span.Path)
        : $"{Path.GetFileName(span.Path)}, line {span.StartLinePosition.Line + 1}";
}
