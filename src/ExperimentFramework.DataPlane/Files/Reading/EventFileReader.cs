using System.IO.Compression;
using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Reads the events of one file, compressed or not.</summary>
internal sealed class EventFileReader : IAsyncDisposable
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly string _path;
    private readonly EventReadingOptions _options;
    private readonly FileStream? _file;
    private readonly Stream _content;
    private readonly LineReader _lines;
    private readonly bool _isGrowing;
    private readonly bool _isEmptyArchive;
    private readonly RepeatedJson _repeated = new();

    private EventFileReader(string path, EventReadingOptions options, FileStream? file, Stream content, bool isGrowing, long linesBefore = 0)
    {
        _path = path;
        _options = options;
        _file = file;
        _content = content;
        _isGrowing = isGrowing;
        _isEmptyArchive = file is { Length: 0 } && path.EndsWith(JournalName.Gzip, StringComparison.Ordinal);
        _lines = new LineReader(content, options.MaxLineBytes, linesBefore);
    }

    /// <summary>The JSON of the event that was read last, valid until the next one is read.</summary>
    public ReadOnlyMemory<byte> Json { get; private set; }

    /// <summary>The number of complete lines that were read, and their bytes.</summary>
    public (long Lines, long Bytes) Complete => (_lines.CompleteLines, _lines.CompleteBytes);

    /// <summary>Whether the rest of a last line without an end is read later: it is returned if it is an event, and otherwise not reported.</summary>
    public bool IsFollowed { get; private init; }

    /// <summary>Reads lines that are already decompressed.</summary>
    /// <param name="content">The lines; disposed with the reader.</param>
    /// <param name="path">The path to name in messages.</param>
    /// <param name="options">How to read.</param>
    /// <param name="isFollowed">Whether the rest of a last line without an end is read later.</param>
    public static EventFileReader OfContent(Stream content, string path, EventReadingOptions options, bool isFollowed = false) =>
        new(path, options, file: null, content, JournalName.IsOpen(path)) { IsFollowed = isFollowed };

    /// <summary>Reads lines of a file that grows. An incomplete last line is not read: its process is about to write the rest of it.</summary>
    /// <param name="content">The lines that are new; disposed with the reader.</param>
    /// <param name="path">The path to name in messages.</param>
    /// <param name="linesBefore">How many lines there are before them.</param>
    /// <param name="options">How to read.</param>
    public static EventFileReader OfGrowth(Stream content, string path, long linesBefore, EventReadingOptions options) => new(path, options, file: null, content, isGrowing: true, linesBefore);

    /// <summary>Opens a file. A process that is writing it may continue, and may rename and delete it.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public static EventFileReader Open(string path, EventReadingOptions options)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        try
        {
            Span<byte> start = stackalloc byte[4];
            var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            file.Position = 0;
            return new EventFileReader(path, options, file, start[..length] switch
            {
                [0x1F, 0x8B, ..] => new GZipStream(file, CompressionMode.Decompress, leaveOpen: true),
                [0x28, 0xB5, 0x2F, 0xFD] => throw new InvalidDataException($"'{path}' is compressed with zstd, which .NET 10 cannot read. Decompress it first: zstd -d '{path}'."),
                _ => file,
            }, JournalName.IsOpen(path));
        }
        catch (Exception)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next event, skipping blank lines and lines that are reported as unreadable.</summary>
    /// <returns>Null at the end of the file.</returns>
    /// <exception cref="InvalidDataException">A line is not an event, and there is no callback for such lines.</exception>
    public async ValueTask<StoredEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        while (await ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (_lines.IsCut && _isGrowing)
            {
                // Its process is about to write the rest of it, or has ended before it counted as delivered.
                return null;
            }

            if (_lines.IsTooLong)
            {
                Report(null, $"is longer than {_options.MaxLineBytes} bytes (EventReadingOptions.MaxLineBytes).");
            }
            else if (Trim(line) is { IsEmpty: false } json && TryParse(json.Span) is { } envelope)
            {
                Json = json;
                return new StoredEvent { Envelope = envelope, File = _path, Line = _lines.Number };
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Dispose();
        await _content.DisposeAsync().ConfigureAwait(false);
        if (_file is not null)
        {
            await _file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken)
    {
        try
        {
            var line = await _lines.ReadAsync(cancellationToken).ConfigureAwait(false);
            return line is null && _isEmptyArchive ? throw new InvalidDataException("The file has 0 bytes, which no compressed file has. Restore it from a backup.") : line;
        }
        catch (InvalidDataException exception)
        {
            Report(null, $"and all that follow cannot be decompressed: {exception.Message}", _lines.Number + 1);
            return null;
        }
    }

    private ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line)
    {
        var text = _lines.Number == 1 && line.Span.StartsWith(ByteOrderMark) ? line[ByteOrderMark.Length..] : line;
        return text.Trim(" \t\r"u8);
    }

    private DataPlaneEnvelope? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            return DataPlaneJson.Deserialize(json, _repeated);
        }
        catch (JsonException exception)
        {
            Report(exception.Path is { Length: > 2 } path ? path[2..] : null, $"is not an event. {exception.Message}");
            return null;
        }
    }

    private void Report(string? field, string message, long? number = null)
    {
        if (IsFollowed && _lines.IsCut)
        {
            return;
        }

        var line = new UnreadableLine { File = _path, Line = number ?? _lines.Number, Field = field, Message = $"Line {number ?? _lines.Number} of '{_path}' {message}" };
        if (_options.OnUnreadableLine is not { } report)
        {
            throw new InvalidDataException($"{line.Message} Set EventReadingOptions.{nameof(EventReadingOptions.OnUnreadableLine)} to continue after such lines.");
        }

        report(line);
    }
}
