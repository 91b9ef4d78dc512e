using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Reads events from files of JSON lines, compressed with gzip or not: those of <see cref="FileDataBackplane"/>, also while they are being written, and others that end in <c>.jsonl</c> or
/// <c>.jsonl.gz</c>. An event that was delivered twice is there twice, with the same <see cref="DataPlaneEnvelope.EventId"/>.
/// </summary>
public static class EventFiles
{
    /// <summary>Reads a file, or all event files in a folder and in the folders below it.</summary>
    /// <param name="path">The path of a file or folder.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The events, in the order of the files' names and of their lines, unless <see cref="EventReadingOptions.MergeByTime"/> is set.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or an option is out of its range.</exception>
    /// <exception cref="FileNotFoundException">There is nothing at the path. Thrown, as the following, while reading.</exception>
    /// <exception cref="InvalidDataException">A line is not an event, and <see cref="EventReadingOptions.OnUnreadableLine"/> is not set; the message names file, line and field.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read a file or to look into a folder. A folder <c>lost+found</c> is passed over.</exception>
    public static IAsyncEnumerable<StoredEvent> ReadAsync(string path, EventReadingOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ReadAsync([path], options, cancellationToken);
    }

    /// <summary>Reads several files or folders.</summary>
    /// <param name="paths">The paths of files and folders.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The events, in the order of the paths, the files' names and their lines, unless <see cref="EventReadingOptions.MergeByTime"/> is set.</returns>
    /// <exception cref="ArgumentException"><paramref name="paths"/> is null or contains null or an empty path, or an option is out of its range.</exception>
    /// <exception cref="FileNotFoundException">There is nothing at a path. Thrown, as the following, while reading.</exception>
    /// <exception cref="InvalidDataException">A line is not an event, and <see cref="EventReadingOptions.OnUnreadableLine"/> is not set; the message names file, line and field.</exception>
    /// <exception cref="IOException">A file cannot be read, or merging would need too many open files at once.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read a file or to look into a folder. A folder <c>lost+found</c> is passed over.</exception>
    public static IAsyncEnumerable<StoredEvent> ReadAsync(IEnumerable<string> paths, EventReadingOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        string[] all = [.. paths];
        foreach (var path in all)
        {
            ArgumentException.ThrowIfNullOrEmpty(path, nameof(paths));
        }

        options ??= new EventReadingOptions();
        if (!OptionRanges.MaxLineBytes.Contains(options.MaxLineBytes))
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.MaxLineBytes, $"{nameof(EventReadingOptions)}.{nameof(options.MaxLineBytes)} is {options.MaxLineBytes}; it must be {OptionRanges.MaxLineBytes}.");
        }

        return options.MergeByTime ? MergedEventFiles.ReadAsync(all, options, cancellationToken) : InOrderAsync(all, options, cancellationToken);
    }

    private static async IAsyncEnumerable<StoredEvent> InOrderAsync(
        string[] paths, EventReadingOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var path in paths)
        {
            foreach (var file in EventFileList.Of(path))
            {
                foreach (var reader in EventFileList.Open(path, file, options))
                {
                    await using (reader.ConfigureAwait(false))
                    {
                        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } stored)
                        {
                            yield return stored;
                        }
                    }
                }
            }
        }
    }
}
