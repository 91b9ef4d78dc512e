using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Reads the files that the Parquet destination writes.</summary>
public static class ParquetEventFiles
{
    private const string Pattern = "*.parquet";

    /// <summary>
    /// Reads the events of a file, or of all files in a folder and its subfolders. Events come file by file; within a file they are sorted by experiment and
    /// time. Delivery is at least once, so an event may come twice, under one <see cref="DataPlaneEnvelope.EventId"/>. Columns that a file does not have are null
    /// in its events, and columns that this version does not know are passed over.
    /// </summary>
    /// <param name="path">The path of a file or folder.</param>
    /// <param name="onUnreadableFile">
    /// Called with the file and the reason where a file cannot be read, or cannot be read to its end; reading then continues with the next file. Null throws the
    /// reason instead.
    /// </param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The events.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or was not written by this package; the message names it.</exception>
    public static async IAsyncEnumerable<DataPlaneEnvelope> ReadAsync(
        string path, Action<string, Exception>? onUnreadableFile = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var tables = new EventTables();
        foreach (var file in FilesIn(path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            TableFileReader? reader = null;
            try
            {
                while (await NextGroupAsync().ConfigureAwait(false) is { } table)
                {
                    for (var row = 0; row < table.Rows;)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        yield return table.Read(ref row);
                    }
                }
            }
            finally
            {
                reader?.Dispose();
            }

            // The library reads synchronously.
            async ValueTask<EventTable?> NextGroupAsync()
            {
                EventTable? group = null;
                try
                {
                    await BackgroundWork.Run(() =>
                    {
                        reader ??= new TableFileReader(file, tables);
                        group = reader.NextGroup();
                        return Task.CompletedTask;
                    }).ConfigureAwait(false);
                }
                catch (Exception exception) when (onUnreadableFile is not null && exception is InvalidDataException or IOException or UnauthorizedAccessException)
                {
                    onUnreadableFile(file, exception);
                }

                return group;
            }
        }
    }

    private static IEnumerable<string> FilesIn(string path) =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? Directory.EnumerateFiles(path, Pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : throw new FileNotFoundException($"There is no file or folder {path}.", path);
}
