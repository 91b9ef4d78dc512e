using System.IO.Compression;
using ExperimentFramework.DataPlane.Parquet;
using ZstdSharp;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What a conversion writes. It has a temporary name until it is whole, and is deleted if the conversion does not come to its end.</summary>
/// <param name="path">The full path.</param>
/// <param name="format">The format.</param>
/// <param name="layout">Where Parquet files are in the folder.</param>
internal sealed class ConversionTarget(string path, SourceFormat format, FileLayout layout)
{
    private const int BufferBytes = 1 << 16;

    /// <summary>The full path.</summary>
    public string Path => path;

    /// <summary>Reads a target from the command line.</summary>
    /// <exception cref="CommandException">There is something at the path, or its name says no format.</exception>
    public static ConversionTarget Of(string target, bool isPartitioned)
    {
        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(target));
        if (File.Exists(path) || Directory.Exists(path))
        {
            throw new CommandException($"'{target}' exists already. Name a new file or folder, or remove it first.");
        }

        var format = path.EndsWith(SourceFile.Zstd, StringComparison.Ordinal) ? SourceFormat.Zstd
            : path.EndsWith(JournalName.Gzip, StringComparison.Ordinal) ? SourceFormat.Gzip
            : path.EndsWith(JournalName.Lines, StringComparison.Ordinal) ? SourceFormat.JsonLines
            : System.IO.Path.GetExtension(path) is "" or ".events" ? SourceFormat.Parquet
            : throw new CommandException($"'{target}' must end in .jsonl, .jsonl.gz or .jsonl.zst, or be a folder for Parquet, whose name has no extension: Parquet has a file for each kind of event.");
        return isPartitioned && format != SourceFormat.Parquet
            ? throw new CommandException($"--partitioned is for Parquet; '{target}' is JSON lines. Name a folder.")
            : new ConversionTarget(path, format, isPartitioned ? FileLayout.Partitioned : FileLayout.Flat);
    }

    /// <summary>Writes events.</summary>
    /// <returns>How many.</returns>
    public Task<long> WriteAsync(IAsyncEnumerable<DataPlaneEnvelope> events, TimeProvider time, CancellationToken cancellationToken) => WholeTarget.WriteAsync(
        path,
        replaces: false,
        time,
        temporary => format == SourceFormat.Parquet
            ? ParquetEventFiles.WriteAsync(events, temporary, new ParquetDataBackplaneOptions { Layout = layout }, cancellationToken)
            : WriteLinesAsync(events, temporary, cancellationToken),
        cancellationToken);

    private async Task<long> WriteLinesAsync(IAsyncEnumerable<DataPlaneEnvelope> events, string temporary, CancellationToken cancellationToken)
    {
        var count = 0L;
        await using var file = OwnerOnly.Open(temporary, FileMode.CreateNew);
        var compressed = Compress(file);
        await using (compressed)
        {
            await using var buffered = new BufferedStream(compressed ?? file, BufferBytes);
            using var json = new DataPlaneJsonWriter();
            await foreach (var envelope in events.WithCancellation(cancellationToken))
            {
                buffered.Write(json.Write(envelope).Span);
                buffered.Write("\n"u8);
                count++;
            }

            await buffered.FlushAsync(cancellationToken);
            if (compressed is null)
            {
                file.Flush(flushToDisk: true);
            }
        }

        return count;
    }

    private Stream? Compress(FileStream file) => format switch
    {
        SourceFormat.Gzip => new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true),
        SourceFormat.Zstd => new CompressionStream(file, leaveOpen: true),
        _ => null,
    };
}
