namespace ExperimentFramework.DataPlane;

/// <summary>Deletes the oldest finished files of a journal, by age and by size. Nothing else in the folder is touched.</summary>
/// <param name="maxAge">The maximum age since a file was last written; null for no limit.</param>
/// <param name="maxBytes">The maximum size of all files together; null for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class FileRetention(TimeSpan? maxAge, long? maxBytes, TimeProvider time)
{
    private readonly ExpiryClock _clock = new(time);

    /// <summary>Deletes what is too old or too much.</summary>
    /// <returns>The number of files that were deleted, and their bytes.</returns>
    public (int Files, long Bytes) Apply(string folder)
    {
        var now = _clock.Read();
        var files = Finished(folder);
        var total = files.Sum(file => file.Length);
        var (count, bytes) = (0, 0L);
        foreach (var file in files)
        {
            var isTooOld = now is { } time && maxAge is { } age && file.LastWriteTimeUtc < (time - age).UtcDateTime;
            if (!isTooOld && !(total - bytes > maxBytes))
            {
                continue;
            }

            // Read before: a deleted file has no length.
            (count, bytes) = (count + 1, bytes + file.Length);
            file.Delete();
            DeleteEmptyPartition(folder, file.DirectoryName!);
        }

        return (count, bytes);
    }

    /// <summary>Returns the finished files, oldest first: those in the folder and in its partitions. Other folders in it may be the journals of other destinations.</summary>
    private static List<FileInfo> Finished(string folder)
    {
        var root = new DirectoryInfo(folder);
        var partitions = root.EnumerateDirectories("*=*").SelectMany(experiment => experiment.EnumerateDirectories("*=*"));
        return
        [
            .. partitions.Concat(root.EnumerateDirectories(JournalName.UnreadableFolder)).Prepend(root)
                .SelectMany(found => found.EnumerateFiles())
                .Where(file => JournalName.IsFinished(file.Name))
                .OrderBy(file => file.LastWriteTimeUtc),
        ];
    }

    private static void DeleteEmptyPartition(string root, string folder)
    {
        for (; folder.Length > root.Length && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!)
        {
            Directory.Delete(folder);
        }
    }
}
