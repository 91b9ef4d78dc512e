using System.IO.Compression;
using ZstdSharp;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Opens a file, recognizes its format by its first bytes, and decompresses it.</summary>
internal sealed class SourceContent : IAsyncDisposable
{
    private const int BufferBytes = 1 << 17;

    private SourceContent(Stream stream, SourceFormat format, bool isBinary, bool isPipe)
    {
        Stream = stream;
        Format = format;
        IsBinary = isBinary;
        IsPipe = isPipe;
    }

    /// <summary>The decompressed content; of a Parquet file nothing that can be read as lines.</summary>
    public Stream Stream { get; }

    public SourceFormat Format { get; }

    /// <summary>Whether the content begins with bytes that are no text, and has no format that is known.</summary>
    public bool IsBinary { get; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty { get; private init; }

    /// <summary>Whether the content can be read only once, and only forward.</summary>
    public bool IsPipe { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path.</param>
    /// <param name="onRead">Receives the number of bytes each time that some were read.</param>
    /// <param name="cancellationToken">Cancels waiting for a writer of a pipe.</param>
    public static async Task<SourceContent> OpenAsync(string path, Action<int> onRead, CancellationToken cancellationToken)
    {
        // Opening a named pipe waits until somebody writes to it.
        FileStream? file = null;
        await BackgroundWork.Run(() =>
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return Task.CompletedTask;
        }).WaitAsync(cancellationToken);
        return await OfStreamAsync(file!, onRead, cancellationToken);
    }

    /// <summary>Recognizes the format of a stream, which is disposed with the content.</summary>
    public static async Task<SourceContent> OfStreamAsync(Stream raw, Action<int> onRead, CancellationToken cancellationToken)
    {
        var isPipe = !raw.CanSeek;
        var counted = new PeekableStream(raw, BufferBytes, onRead);
        try
        {
            var start = await counted.PeekAsync(cancellationToken);
            return start.Span switch
            {
                [0x1F, 0x8B, ..] => new SourceContent(new GZipStream(counted, CompressionMode.Decompress), SourceFormat.Gzip, isBinary: false, isPipe),
                [0x28, 0xB5, 0x2F, 0xFD, ..] => new SourceContent(new ZstdContent(new DecompressionStream(counted, leaveOpen: false)), SourceFormat.Zstd, isBinary: false, isPipe),
                [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => new SourceContent(counted, SourceFormat.Parquet, isBinary: false, isPipe),
                var other => new SourceContent(counted, SourceFormat.JsonLines, other.Contains((byte)0), isPipe) { IsEmpty = other.IsEmpty },
            };
        }
        catch
        {
            await counted.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
