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
    /// <returns>What could not be deleted. The others are deleted all the same.</returns>
    public IReadOnlyList<FailedFile> Delete()
    {
        var failures = new List<FailedFile>();
        DeleteIncomplete(failures);
        if (!_hasDeletedCopies)
        {
            var before = failures.Count;
            DeleteCopies(failures);
            _hasDeletedCopies = failures.Count == before;
        }

        return failures;
    }

    private void DeleteIncomplete(List<FailedFile> failures)
    {
        foreach (var path in Directory.GetFileSystemEntries(folder, "*" + JournalName.Temporary))
        {
            if (JournalName.BaseOf(path) is not { } name)
            {
                Try(path, DeleteProbe, failures);
            }
            else if (path.EndsWith(name + JournalName.Temporary, StringComparison.Ordinal))
            {
                Try(path, File.Delete, failures);
            }
            else if (path.EndsWith(name + JournalName.WorkFolder, StringComparison.Ordinal) && Directory.Exists(path))
            {
                Try(path, static path => Directory.Delete(path, recursive: true), failures);
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

    private void DeleteCopies(List<FailedFile> failures)
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
                Try(path, DeleteCopy, failures);
            }
        }
    }

    private void DeleteCopy(string path)
    {
        File.Delete(path);
        FileRetention.DeleteEmptyPartition(folder, Path.GetDirectoryName(path)!);
    }

    private static void Try(string path, Action<string> delete, List<FailedFile> failures)
    {
        try
        {
            delete(path);
        }
        catch (Exception exception)
        {
            var own = new IOException($"'{path}' is left over and cannot be deleted: {exception.Message} Delete it.", exception);
            failures.Add(new FailedFile(path, SafeText.Own(own), IsOwnText: true));
        }
    }

    private bool IsSource(string path) => path.EndsWith(JournalName.Lines, StringComparison.Ordinal) && Path.GetDirectoryName(path) == folder;
}
