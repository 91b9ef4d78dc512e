using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Converts finished journal files to Parquet.</summary>
/// <param name="folder">The folder of all tables.</param>
/// <param name="options">The options.</param>
/// <param name="recent">The events of files that were written just now.</param>
/// <param name="logger">Logs lines that are not events.</param>
internal sealed partial class ParquetConverter(string folder, ParquetDataBackplaneOptions options, RecentRows recent, ILogger logger) : IRolledFileConverter
{
    /// <summary>The folder of lines that are not events: a disk may damage a file, and lines that cannot be read are kept.</summary>
    private const string Unreadable = JournalName.UnreadableFolder;

    private const int BlockBytes = 256 * 1024;

    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);

    public async ValueTask ConvertAsync(string path, CancellationToken cancellationToken)
    {
        var name = JournalName.BaseOf(path)!;
        var parts = new PartWriter(folder, name, options.Layout, options.RowGroupRows);
        if (recent.Take(name, await CountLinesAsync(path, cancellationToken).ConfigureAwait(false)) is { } tables)
        {
            try
            {
                parts.WriteAll(tables, cancellationToken);
            }
            finally
            {
                recent.Release(tables);
            }

            return;
        }

        using var read = new EventTables(options.AttributeColumns.AsReadOnly(), recent.Pool);
        await ReadAsync(path, read, parts, cancellationToken).ConfigureAwait(false);
        parts.WriteAll(read, cancellationToken);
        parts.DeleteLeftovers(read.All);
    }

    private async Task ReadAsync(string path, EventTables tables, PartWriter parts, CancellationToken cancellationToken)
    {
        using var source = Open(path);
        using var lines = new LineReader(source, EventLines.MaxLineBytes);
        using var unreadable = new UnreadableLines(Path.Combine(folder, Unreadable, JournalName.BaseOf(path) + JournalName.Lines));
        var repeated = new RepeatedJson();
        var bytes = 0L;
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (lines.IsTooLong)
            {
                throw new InvalidDataException($"Line {lines.Number} of '{path}' has more than {EventLines.MaxLineBytes} bytes, so no event was written there. Repair or remove the file.");
            }

            if (TryRead(line.Span, repeated) is not { } envelope)
            {
                unreadable.Add(line.Span);
                continue;
            }

            var table = tables.Of(envelope.Payload);
            table.Add(envelope);
            bytes += line.Length;
            if (table.Rows >= PartWriter.MaxRows)
            {
                parts.Write(table, 0, table.Rows, cancellationToken);
                table.Clear();
            }

            if (bytes >= PartWriter.MaxBytes)
            {
                parts.WriteAll(tables, cancellationToken);
                bytes = 0;
            }
        }

        if (unreadable.Finish() is > 0 and var count)
        {
            LogUnreadable(count, path, unreadable.Path);
        }
    }

    /// <summary>Counts the lines, which is fast enough for ensuring that no event is missing.</summary>
    private static async Task<long> CountLinesAsync(string path, CancellationToken cancellationToken)
    {
        using var source = Open(path);
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var lines = 0L;
            while (await source.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                lines += block.AsSpan(0, read).Count((byte)'\n');
            }

            return lines;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);

    private static DataPlaneEnvelope? TryRead(ReadOnlySpan<byte> line, RepeatedJson repeated)
    {
        try
        {
            return DataPlaneJson.Deserialize(line, repeated);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(155, LogLevel.Error, "{Count} lines of the journal file '{Path}' are not events, and were kept in '{Target}': the disk or another program has changed the file.", EventName = "JournalLinesUnreadable")]
    private partial void LogUnreadable(long count, string path, string target);
}
