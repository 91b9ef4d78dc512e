namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes a file or folder under a temporary name beside its place, and moves it there once it is whole. Of one that does not come to its end nothing is left.</summary>
internal static class WholeTarget
{
    /// <summary>Writes a target.</summary>
    /// <typeparam name="T">What writing gives.</typeparam>
    /// <param name="path">The full path. Folders above it are created.</param>
    /// <param name="replaces">Whether a file at the path is replaced.</param>
    /// <param name="time">The clock, for the temporary name.</param>
    /// <param name="write">Writes a file or folder at the path that it is given.</param>
    /// <param name="cancellationToken">Cancels until the target is moved to its place.</param>
    /// <exception cref="CommandException">It could not be written.</exception>
    public static async Task<T> WriteAsync<T>(string path, bool replaces, TimeProvider time, Func<string, Task<T>> write, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{time.GetUtcNow().ToUnixTimeMilliseconds()}-{Environment.ProcessId}{JournalName.Temporary}";
        var folder = Path.GetDirectoryName(path)!;
        var created = FirstMissing(folder);
        try
        {
            Directory.CreateDirectory(folder);
            var written = await write(temporary);
            cancellationToken.ThrowIfCancellationRequested();
            if (Directory.Exists(temporary))
            {
                Directory.Move(temporary, path);
            }
            else
            {
                File.Move(temporary, path, replaces);
            }

            return written;
        }
        catch (Exception exception)
        {
            var left = TryDelete(temporary, folder, created) ? "Nothing of it was kept." : $"What was written of it is left in '{temporary}': remove it.";
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"'{path}' could not be written: {exception.Message} {left}", exception);
            }

            throw;
        }
    }

    /// <summary>The topmost folder that does not exist yet on the way to a folder; null if all do.</summary>
    private static string? FirstMissing(string folder)
    {
        string? missing = null;
        for (var path = folder; path is not null && !Directory.Exists(path); path = Path.GetDirectoryName(path))
        {
            missing = path;
        }

        return missing;
    }

    /// <summary>Deletes what was written, and the folders that were created for it, unless others have written to them.</summary>
    private static bool TryDelete(string temporary, string folder, string? created)
    {
        try
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
            else if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            for (var path = folder; created is not null && path.Length >= created.Length && !Directory.EnumerateFileSystemEntries(path).Any(); path = Path.GetDirectoryName(path)!)
            {
                Directory.Delete(path);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Why it was not written matters more.
            return !Path.Exists(temporary);
        }
    }
}
