namespace ExperimentFramework.DataPlane;

/// <summary>
/// Deletes what conversions that did not end have left in the folder of a journal. While a journal file exists, it has all of its events, and whatever was made from it is a copy. Only the process that has the folder's lock may call
/// it.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="time">The clock.</param>
internal sealed class JournalLeftovers(string folder, TimeProvider time)
{
    /// <summary>A file that a process writes to check the folder exists for a moment only.</summary>
    private static readonly TimeSpan OldestProbe = TimeSpan.FromMinutes(1);

    private bool _hasDeletedCopies;

    /// <summary>Deletes incomplete files; and, the first time, copies that an earlier process made with other options, which a conversion would not replace.</summary>
    public void Delete()
    {
        DeleteIncomplete();
        if (!_hasDeletedCopies)
        {
            DeleteCopies();
            _hasDeletedCopies = true;
        }
    }

    private void DeleteIncomplete()
    {
        foreach (var path in Directory.GetFileSystemEntries(folder, "*" + JournalName.Temporary))
        {
            if (JournalName.BaseOf(path) is not { } name)
            {
                DeleteProbe(path);
            }
            else if (path.EndsWith(name + JournalName.Temporary, StringComparison.Ordinal))
            {
                File.Delete(path);
            }
            else if (path.EndsWith(name + JournalName.WorkFolder, StringComparison.Ordinal) && Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
    }

    private void DeleteProbe(string path)
    {
        if (Path.GetFileName(path).StartsWith(JournalName.Probe, StringComparison.Ordinal) && time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) > OldestProbe)
        {
            File.Delete(path);
        }
    }

    private void DeleteCopies()
    {
        var sources = Directory.EnumerateFiles(folder, "*" + JournalName.Lines).Select(JournalName.BaseOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (sources.Count == 0)
        {
            return;
        }

        foreach (var path in FileRetention.Finished(folder).Select(static file => file.FullName).Where(path => JournalName.BaseOf(path) is { } name && sources.Contains(name)).ToArray())
        {
            if (!IsSource(path))
            {
                File.Delete(path);
                FileRetention.DeleteEmptyPartition(folder, Path.GetDirectoryName(path)!);
            }
        }
    }

    private bool IsSource(string path) => path.EndsWith(JournalName.Lines, StringComparison.Ordinal) && Path.GetDirectoryName(path) == folder;
}
