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
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
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
            Delete(temporary);
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"'{path}' could not be written: {exception.Message} Nothing of it was kept.", exception);
            }

            throw;
        }
    }

    private static void Delete(string temporary)
    {
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }
        else if (File.Exists(temporary))
        {
            File.Delete(temporary);
        }
    }
}
