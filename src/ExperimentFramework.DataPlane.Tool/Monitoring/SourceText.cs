using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Says where the events of a page come from, and what is not among them.</summary>
internal static class SourceText
{
    private const int NamedSources = 10;

    /// <summary>Describes sources.</summary>
    /// <param name="sources">The sources, as they were named.</param>
    /// <param name="found">What was found of them.</param>
    /// <param name="readAt">When they were read; null if they are followed.</param>
    /// <param name="unreadable">How many lines and files could not be read.</param>
    /// <param name="outages">The servers that cannot be reached, and since when.</param>
    public static ReadModelSource Of(IReadOnlyList<string> sources, IReadOnlyList<SourceFile> found, DateTimeOffset? readAt, long unreadable, IReadOnlyList<(string Name, DateTimeOffset Since)> outages)
    {
        string[] named = [.. sources.Select(static source => SourceFiles.RemoteOf(source)?.Name ?? source)];
        var names = string.Join(", ", named.Take(NamedSources)) + (named.Length > NamedSources ? $" and {NumberText.Of(named.Length - NamedSources)} others" : "");
        var isStream = found.All(static source => source.Remote is { CanFollow: true });
        List<string> notSeen =
        [
            readAt is { } time
                ? $"What was written after {TimeText.Short(time)}."
                : "What was written within the last second, and what a process has not written yet.",
            "Events that were dropped before they were written. Accounts and error events say how many.",
        ];
        if (unreadable > 0)
        {
            notSeen.Add($"{NumberText.Of(unreadable, "line or file", "lines and files")} that could not be read. dataplane verify lists them.");
        }

        notSeen.AddRange(outages.Select(static outage => $"What is written to {outage.Name}, which cannot be reached since {TimeText.Short(outage.Since)}. It is read when that is over, unless it has been deleted by then."));
        return new ReadModelSource(
            isStream ? ReadModelSourceKind.Stream : ReadModelSourceKind.Files, readAt is { } read ? $"Events of {names}, read at {TimeText.Short(read)}." : $"Events of {names}, followed as they arrive.", notSeen)
        {
            ReadAt = readAt,
        };
    }
}
