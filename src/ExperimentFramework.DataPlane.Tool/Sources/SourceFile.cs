namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A file that was found for a source, or the topic or database that a source is.</summary>
/// <param name="Path">The path as it is shown; <c>-</c> for standard input.</param>
/// <param name="Folder">The folder that was named as the source; null if the file itself was.</param>
/// <param name="Bytes">The size; 0 if it is unknown.</param>
internal sealed record SourceFile(string Path, string? Folder, long Bytes)
{
    /// <summary>The path of standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>How the names of Parquet files end.</summary>
    public const string Parquet = ".parquet";

    /// <summary>How the names of JSON lines end that are compressed with zstd.</summary>
    public const string Zstd = ".jsonl.zst";

    /// <summary>When the file was written last, as of when it was found; null if it is no file.</summary>
    public DateTime? WrittenAt { get; init; }

    /// <summary>The server that has the events; null if they are in a file.</summary>
    public RemoteSource? Remote { get; init; }

    /// <summary>The row group of a Parquet file that is read, in the order of times; null for the whole file in the order of its rows.</summary>
    public RowGroupPart? RowGroup { get; init; }

    /// <summary>Whether it is a folder that there is no permission to look into.</summary>
    public bool IsClosedFolder { get; init; }

    /// <summary>Returns what is wrong with a link that leads to nothing; null if it leads to something, or the path is that of no link.</summary>
    public static string? FaultOfLink(string path) =>
        !IsDeadLink(path, out var target) ? null
        : target is null ? $"'{path}' is a link that leads back to itself. Remove the link, or let it lead to the events."
        : $"'{path}' is a link to '{target}', which does not exist. If it has events, mount or restore it; otherwise, remove the link.";

    /// <summary>Whether a path is that of a link that leads to nothing.</summary>
    /// <param name="path">The path.</param>
    /// <param name="target">What it leads to, behind all links; null if that is the link itself.</param>
    public static bool IsDeadLink(string path, out string? target)
    {
        target = null;
        if (new FileInfo(path).LinkTarget is null)
        {
            return false;
        }

        target = EventFolders.TargetOf(path);
        return !System.IO.Path.Exists(target);
    }

    public bool IsStandardInput => Path == StandardInput;

    /// <summary>Whether the name is that of a file that has content even without events: it is compressed, or Parquet.</summary>
    public bool IsNamedWhole => IsNamedParquet || Path.EndsWith(Zstd, StringComparison.Ordinal) || Path.EndsWith(JournalName.Gzip, StringComparison.Ordinal);

    /// <summary>Whether the name is that of a Parquet file. What it holds is decided by its content.</summary>
    public bool IsNamedParquet => Path.EndsWith(Parquet, StringComparison.OrdinalIgnoreCase);
}
