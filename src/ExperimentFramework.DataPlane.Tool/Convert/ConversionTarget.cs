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

    /// <summary>How names end that were not meant for a folder of Parquet.</summary>
    private static readonly string[] FileExtensions =
    [
        ".jsonl", ".jsonlines", ".json", ".ndjson", ".ldjson", ".jl", ".parquet", ".parq", ".pq", ".avro", ".orc", ".arrow", ".feather", ".csv", ".tsv", ".txt", ".log", ".xml", ".yaml", ".yml", ".xlsx",
        ".gz", ".gzip", ".tgz", ".tar", ".zst", ".zstd", ".zip", ".bz2", ".bzip2", ".xz", ".lz4", ".lz", ".lzma", ".lzo", ".sz", ".snappy", ".deflate", ".7z", ".rar", ".open", ".db", ".sqlite", ".duckdb",
    ];

    /// <summary>The full path.</summary>
    public string Path => path;

    /// <summary>The fields of events that were not written, because this version does not know them and Parquet has no place for them.</summary>
    public UnknownFields LeftOut { get; private set; } = new();

    /// <summary>Reads a target from the command line.</summary>
    /// <exception cref="CommandException">There is something at the path, or its name says no format.</exception>
    public static ConversionTarget Of(string target, bool isPartitioned)
    {
        if (target == SourceFile.StandardInput)
        {
            throw new CommandException("convert writes files, which are whole or not there, and not to standard output: name a file or folder, or use dataplane tail --json.");
        }

        var path = System.IO.Path.TrimEndingDirectorySeparator(PathArgument.Full(target, "--output"));
        if (File.Exists(path) || Directory.Exists(path))
        {
            throw new CommandException($"'{target}' exists already. Name a new file or folder, or remove it first.");
        }

        RequireFound(path, target);
        var format = path.EndsWith(SourceFile.Zstd, StringComparison.Ordinal) ? SourceFormat.Zstd
            : path.EndsWith(JournalName.Gzip, StringComparison.Ordinal) ? SourceFormat.Gzip
            : path.EndsWith(JournalName.Lines, StringComparison.Ordinal) ? SourceFormat.JsonLines
            : FileExtensionOf(path) is not { } extension ? SourceFormat.Parquet
            : throw new CommandException($"'{target}' must end in .jsonl, .jsonl.gz or .jsonl.zst, in lower case, or be a folder for Parquet: names that end in {extension} are those of files, and Parquet has a file for each kind of event.");
        if (format != SourceFormat.Parquet && System.IO.Path.EndsInDirectorySeparator(target))
        {
            throw new CommandException($"'{target}' ends like a folder, but its name is that of a file: remove the trailing {target[^1]}, or name a folder for Parquet.");
        }

        return isPartitioned && format != SourceFormat.Parquet
            ? throw new CommandException($"--partitioned is for Parquet; '{target}' is JSON lines. Name a folder.")
            : new ConversionTarget(path, format, isPartitioned ? FileLayout.Partitioned : FileLayout.Flat);
    }

    /// <summary>Requires that commands that read a folder above a target find it. Folders that exist are judged by no name: they are those that will be read.</summary>
    private static void RequireFound(string path, string target)
    {
        for (var created = path; created is not null && !Directory.Exists(created); created = System.IO.Path.GetDirectoryName(created))
        {
            if (System.IO.Path.GetFileName(created) is var name && EventFolders.IsPassedOver(name))
            {
                throw new CommandException($"'{target}' would not be found by commands that read a folder above it, because they pass over {(name == EventFolders.LostFiles ? $"{name}, which is the file system's own" : $"'{name}': names that end in {JournalName.Temporary} are those of unfinished files")}. Name another folder.");
            }
        }
    }

    /// <summary>The ending of a name that was not meant for a folder of Parquet; null if there is none.</summary>
    private static string? FileExtensionOf(string path)
    {
        var extension = System.IO.Path.GetExtension(path);

        // Hosts of Brazil end in .br, too.
        var isFile = FileExtensions.Contains(extension, StringComparer.OrdinalIgnoreCase)
            || (extension.Equals(".br", StringComparison.OrdinalIgnoreCase) && FileExtensions.Contains(System.IO.Path.GetExtension(System.IO.Path.GetFileNameWithoutExtension(path)), StringComparer.OrdinalIgnoreCase));
        return isFile ? extension : null;
    }

    /// <summary>Writes events.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="CommandException">There are no events, or they cannot be written.</exception>
    public Task<long> WriteAsync(IAsyncEnumerable<SourceEvent> events, TimeProvider time, CancellationToken cancellationToken)
    {
        LeftOut = new UnknownFields();
        return WholeTarget.WriteAsync(
            path,
            replaces: false,
            time,
            async temporary =>
            {
                var written = format == SourceFormat.Parquet
                    ? await ParquetEventFiles.WriteAsync(events.Select(ForParquet), temporary, new ParquetDataBackplaneOptions { Layout = layout }, cancellationToken)
                    : await WriteLinesAsync(events, temporary, cancellationToken);
                return written > 0 ? written : throw new CommandException($"The sources have no events that can be read, so '{path}' was not written.");
            },
            cancellationToken);
    }

    private DataPlaneEnvelope ForParquet(SourceEvent read)
    {
        LeftOut.Add(read);
        return read.Envelope;
    }

    private async Task<long> WriteLinesAsync(IAsyncEnumerable<SourceEvent> events, string temporary, CancellationToken cancellationToken)
    {
        var count = 0L;
        await using var file = OwnerOnly.Open(temporary, FileMode.CreateNew);
        var compressed = Compress(file);
        await using (compressed)
        {
            // It would close the file with it, which is flushed to the disk last.
            var buffered = new BufferedStream(compressed ?? file, BufferBytes);
            using var json = new DataPlaneJsonWriter();
            await foreach (var read in events.WithCancellation(cancellationToken))
            {
                // A line is copied: it may have fields that this version does not know.
                buffered.Write(read.Json.IsEmpty ? json.Write(read.Envelope).Span : read.Json.Span);
                buffered.Write("\n"u8);
                count++;
            }

            await buffered.FlushAsync(cancellationToken);
        }

        file.Flush(flushToDisk: true);
        return count;
    }

    private Stream? Compress(FileStream file) => format switch
    {
        SourceFormat.Gzip => new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true),
        SourceFormat.Zstd => new CompressionStream(file, leaveOpen: true),
        _ => null,
    };
}
