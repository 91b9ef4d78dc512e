namespace ExperimentFramework.DataPlane;

/// <summary>
/// Finds the event files of a folder. While a file is finished, compressed or split, its events may be in two files for a moment, and its name changes: each event is
/// found once.
/// </summary>
internal static class EventFileList
{
    /// <summary>Returns the files of a path in the order of their names: for a folder, all event files in it and in the folders below; for a file, the file itself.</summary>
    /// <param name="path">The path.</param>
    /// <param name="onUnreadable">Receives each folder below it that there is no permission to look into; null to throw the reason.</param>
    /// <exception cref="FileNotFoundException">There is nothing at the path.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to look into a folder.</exception>
    public static IReadOnlyList<string> Of(string path, Action<string, UnauthorizedAccessException>? onUnreadable = null)
    {
        var full = Path.GetFullPath(path);
        return Directory.Exists(full) ? EventFilesAmong(EventFolders.Files(full, "*", onUnreadable))
            : File.Exists(full) ? [full]
            : throw new FileNotFoundException($"There is no folder and no file '{full}'.", full);
    }

    /// <summary>Opens a file that was found at a path. One that has been renamed or converted since is found again, perhaps as several; one that was deleted is skipped.</summary>
    /// <exception cref="FileNotFoundException">The path is that of a file that was deleted.</exception>
    public static IEnumerable<EventFileReader> Open(string path, string file, EventReadingOptions options)
    {
        if (TryOpen(file, options) is { } reader)
        {
            yield return reader;
            yield break;
        }

        var isFolder = Directory.Exists(path);
        var successors = Successors(isFolder ? Path.GetFullPath(path) : Path.GetDirectoryName(file)!, file);
        if (successors.Count == 0 && !isFolder)
        {
            throw new FileNotFoundException($"'{file}' has been deleted.", file);
        }

        foreach (var opened in successors.SelectMany(successor => Open(path, successor, options)))
        {
            yield return opened;
        }
    }

    /// <summary>Returns the files that a file of a folder has become since it was found; none if it was deleted.</summary>
    public static IReadOnlyList<string> Successors(string folder, string file) =>
        JournalName.BaseOf(file) is { } baseName && Directory.Exists(folder) ? [.. EventFilesAmong(EventFolders.FilesThatCanBeRead(folder, baseName + ".*")).Where(path => path != file)] : [];

    private static EventFileReader? TryOpen(string file, EventReadingOptions options)
    {
        try
        {
            return EventFileReader.Open(file, options);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> EventFilesAmong(IEnumerable<string> paths)
    {
        var files = new List<string>();
        var foreign = new List<string>();
        foreach (var path in paths)
        {
            if (IsEventFile(path))
            {
                (JournalName.BaseOf(path) is null ? foreign : files).Add(path);
            }
        }

        return [.. files.GroupBy(path => JournalName.BaseOf(path)!).SelectMany(Current).Concat(foreign).OrderBy(path => Path.GetFileName(path), StringComparer.Ordinal).ThenBy(path => path, StringComparer.Ordinal)];
    }

    private static bool IsEventFile(string path) =>
        path.EndsWith(JournalName.Lines, StringComparison.Ordinal) || path.EndsWith(JournalName.Gzip, StringComparison.Ordinal) || JournalName.IsOpen(path);

    /// <summary>Returns the original file as long as it exists; otherwise all files that were made from it.</summary>
    private static IEnumerable<string> Current(IGrouping<string, string> files)
    {
        var source = files.Where(IsSource).OrderBy(JournalName.IsOpen).FirstOrDefault();
        return source is null ? files : [source];
    }

    /// <summary>Whether the file was written by a journal, and is not in a partition.</summary>
    private static bool IsSource(string path) =>
        !path.EndsWith(JournalName.Gzip, StringComparison.Ordinal) && !PartitionName.IsPartition(Path.GetDirectoryName(path)!);
}
