namespace ExperimentFramework.DataPlane.Science;

/// <summary>Where the events of a read model come from, and which events are missing.</summary>
/// <param name="Kind">The kind of source.</param>
/// <param name="Description">The source in words, as a sentence.</param>
/// <param name="NotSeen">Which events are missing, each as a sentence.</param>
public sealed record ReadModelSource(ReadModelSourceKind Kind, string Description, IReadOnlyList<string> NotSeen)
{
    /// <summary>When the events were read, if they were read only once, so that the numbers do not change; null if events are read as they arrive.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>What is missing from every read model of a monitor.</summary>
    internal static readonly string[] AlwaysMissing =
    [
        "Events that were dropped before they arrived here. Accounts and error events say how many.",
        "Time series, latest events, builds, producers and their calls from before the start, because they are kept in memory only.",
    ];

    /// <summary>Describes event files.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="readAt">When they were read, if they were read only once; null if they are followed. Default: null.</param>
    /// <returns>The source.</returns>
    public static ReadModelSource OfFiles(string path, DateTimeOffset? readAt = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ReadModelSource(ReadModelSourceKind.Files, $"Event files in {path}.", ["Events that were written to the files after they were read.", .. AlwaysMissing]) { ReadAt = readAt };
    }

    /// <summary>Describes a stream of a broker.</summary>
    /// <param name="name">The topics.</param>
    /// <returns>The source.</returns>
    public static ReadModelSource OfStream(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new ReadModelSource(ReadModelSourceKind.Stream, $"Events of the stream {name}.", ["Events of processes that do not publish to the stream.", .. AlwaysMissing]);
    }
}

/// <summary>The kinds of sources of a read model.</summary>
public enum ReadModelSourceKind
{
    /// <summary>The events of this process.</summary>
    Process = 0,

    /// <summary>Event files.</summary>
    Files = 1,

    /// <summary>The stream of a broker.</summary>
    Stream = 2,
}
