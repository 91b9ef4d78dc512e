namespace ExperimentFramework.DataPlane;

/// <summary>Deletes the oldest finished files of a journal, by age and by size. Nothing else in the folder is touched.</summary>
/// <param name="maxAge">The maximum age since a file was last written; null for no limit.</param>
/// <param name="maxBytes">The maximum size of all files together; null for no limit.</param>
/// <param name="time">The clock.</param>
/// <param name="maxHeld">The number of files that are remembered at a time, of however many there are.</param>
internal sealed class FileRetention(TimeSpan? maxAge, long? maxBytes, TimeProvider time, int maxHeld = 65_536)
{
    private readonly ExpiryClock _clock = new(time);

    /// <summary>Deletes files that are too old or exceed the size limit.</summary>
    /// <returns>The number of files that were deleted, and their bytes.</returns>
    public (int Files, long Bytes) Apply(string folder)
    {
        var oldest = _clock.Read() is { } now && maxAge is { } age ? (now - age).UtcDateTime : DateTime.MinValue;
        var (count, bytes) = (0, 0L);
        int deleted;
        do
        {
            var (files, total) = FindOldest(folder);
            deleted = 0;
            foreach (var file in files.TakeWhile(file => file.LastWriteTimeUtc < oldest || total > maxBytes))
            {
                // Read first: a deleted file has no length.
                total -= file.Length;
                (count, bytes, deleted) = (count + 1, bytes + file.Length, deleted + 1);
                file.Delete();
                DeleteEmptyPartition(folder, file.DirectoryName!);
            }
        }
        while (deleted == maxHeld);

        return (count, bytes);
    }

    /// <summary>Returns the oldest of the finished files, oldest first, and the size of all of them.</summary>
    private (List<FileInfo> Files, long Bytes) FindOldest(string folder)
    {
        var bytes = 0L;
        var newestFirst = new PriorityQueue<FileInfo, long>();
        foreach (var file in Finished(folder))
        {
            bytes += file.Length;
            newestFirst.Enqueue(file, -file.LastWriteTimeUtc.Ticks);
            if (newestFirst.Count > maxHeld)
            {
                newestFirst.Dequeue();
            }
        }

        var files = new List<FileInfo>(newestFirst.Count);
        while (newestFirst.TryDequeue(out var file, out _))
        {
            files.Add(file);
        }

        files.Reverse();
        return (files, bytes);
    }

    /// <summary>Finds the finished files: those in the folder and in its partitions. Other folders in it may be the journals of other destinations.</summary>
    public static IEnumerable<FileInfo> Finished(string folder)
    {
        var root = new DirectoryInfo(folder);
        var partitions = root.EnumerateDirectories("*=*").SelectMany(experiment => experiment.EnumerateDirectories("*=*"));
        return partitions.Concat(root.EnumerateDirectories(JournalName.UnreadableFolder)).Prepend(root)
            .SelectMany(found => found.EnumerateFiles())
            .Where(file => JournalName.IsFinished(file.Name));
    }

    /// <summary>Deletes the folders of a partition that have become empty.</summary>
    public static void DeleteEmptyPartition(string root, string folder)
    {
        for (; folder.Length > root.Length && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!)
        {
            Directory.Delete(folder);
        }
    }
}
