using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Reads the files that the Parquet destination writes.</summary>
public static class ParquetEventFiles
{
    private const string Pattern = "*.parquet";

    /// <summary>
    /// Reads the events of a file, or of all files in a folder and its subfolders. Events are returned file by file; within a file they are sorted by experiment and
    /// time. Delivery is at least once, so an event may be returned twice, with the same <see cref="DataPlaneEnvelope.EventId"/>. Columns that a file does not have are null
    /// in its events, and columns that this version does not know are ignored.
    /// </summary>
    /// <param name="path">The path of a file or folder.</param>
    /// <param name="onUnreadableFile">
    /// Called with the file and the reason if a file cannot be read, or cannot be read to its end, and with the folder and the reason if there is no permission to look into one; reading then continues with the next file. Null throws the
    /// reason instead.
    /// </param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The events.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or was not written by this package; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read a file or to look into a folder. A folder <c>lost+found</c> is passed over.</exception>
    public static async IAsyncEnumerable<DataPlaneEnvelope> ReadAsync(
        string path, Action<string, Exception>? onUnreadableFile = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var reader = new ParquetEventReader(FilesIn(path, onUnreadableFile), unread: null, onUnreadableFile);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } envelope)
        {
            yield return envelope;
        }
    }

    /// <summary>
    /// Writes events to Parquet files, for example events from JSON lines that were written where the Parquet destination cannot run. Each call writes new files.
    /// </summary>
    /// <param name="events">The events.</param>
    /// <param name="folder">The path of the folder. It is created if it does not exist.</param>
    /// <param name="options">The options of which layout, row groups and attribute columns are used; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the writing. Files that are complete by then are kept.</param>
    /// <returns>The number of events.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="events"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null, empty, not a path, or the path of a file.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range; the message names the option, its value and the range.</exception>
    /// <exception cref="PlatformNotSupportedException">The native library of ParquetSharp cannot be loaded on this system.</exception>
    public static Task<long> WriteAsync(
        IAsyncEnumerable<DataPlaneEnvelope> events, string folder, ParquetDataBackplaneOptions? options = null, CancellationToken cancellationToken = default) =>
        WriteAsync(events, folder, options, PartWriter.MaxBytes, cancellationToken);

    /// <summary>Writes events, in parts of limited memory.</summary>
    internal static async Task<long> WriteAsync(
        IAsyncEnumerable<DataPlaneEnvelope> events, string folder, ParquetDataBackplaneOptions? options, long maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        var path = FileDataBackplane.Parse(folder, nameof(folder));
        options ??= new ParquetDataBackplaneOptions();
        OptionFailures<ParquetDataBackplaneOptions>.Throw(new ParquetDataBackplaneOptionsValidator(), options);
        new JournalFolder(path).RequireNoFile(nameof(folder));
        NativeLibraryCheck.Require();
        var pool = new BlockPool();
        using var tables = new EventTables(options.AttributeColumns.AsReadOnly(), pool);
        var parts = new PartWriter(path, JournalName.Create(TimeProvider.System.GetUtcNow()), options.Layout, options.RowGroupRows);
        var count = 0L;
        await foreach (var envelope in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var table = tables.Of(envelope.Payload);
            table.Add(envelope);
            count++;
            if (table.Rows >= PartWriter.MaxRows)
            {
                parts.Write(table, 0, table.Rows, cancellationToken);
                table.Clear();
            }

            if (pool.UsedBytes >= maxBytes)
            {
                parts.WriteAll(tables, cancellationToken);
            }
        }

        parts.WriteAll(tables, cancellationToken);
        return count;
    }

    private static IEnumerable<string> FilesIn(string path, Action<string, Exception>? onUnreadable) =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? EventFolders.Files(path, Pattern, onUnreadable).Order(StringComparer.Ordinal)
        : throw new FileNotFoundException($"There is no file or folder {path}.", path);
}
