using System.Buffers;

namespace ExperimentFramework.DataPlane;

/// <summary>Reads a stream line by line, as bytes, in memory that is bounded by the longest line that is accepted.</summary>
/// <param name="stream">The stream.</param>
/// <param name="maxLineBytes">The longest line that is accepted.</param>
/// <param name="linesBefore">The number of lines before the beginning of the stream.</param>
internal sealed class LineReader(Stream stream, int maxLineBytes, long linesBefore = 0) : IDisposable
{
    private const int InitialBytes = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private long _skipped;

    /// <summary>The number of the line that was read last; the first one is 1.</summary>
    public long Number { get; private set; } = linesBefore;

    /// <summary>The number of lines with an end, those before the beginning of the stream included.</summary>
    public long CompleteLines { get; private set; } = linesBefore;

    /// <summary>The number of bytes of the complete lines that have been read.</summary>
    public long CompleteBytes { get; private set; }

    /// <summary>Whether the line that was read last is longer than accepted; it is skipped then.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Whether the line that was read last has no line end: it is the last one, and may be incomplete.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Reads the next line, without its end.</summary>
    /// <returns>The line, valid until the next call; null at the end of the stream.</returns>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        IsTooLong = false;
        var searched = 0;
        while (true)
        {
            if (_buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n') is var index and >= 0)
            {
                return Take(searched + index, endLength: 1);
            }

            searched = _end - _start;
            if (_isAtEnd)
            {
                IsCut = searched > 0 || IsTooLong;
                if (IsCut)
                {
                    return Take(searched, endLength: 0);
                }

                return null;
            }

            if (searched > maxLineBytes)
            {
                // The rest of the line is skipped too.
                IsTooLong = true;
                _skipped += searched;
                (_start, _end, searched) = (0, 0, 0);
            }

            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        (_start, _end) = (0, 0);
    }

    private ReadOnlyMemory<byte> Take(int length, int endLength)
    {
        var line = _buffer.AsMemory(_start, length);
        _start += length + endLength;
        Number++;
        CompleteLines += endLength == 0 ? 0 : 1;
        CompleteBytes += endLength == 0 ? 0 : _skipped + length + endLength;
        _skipped = 0;
        IsTooLong |= length > maxLineBytes;
        return IsTooLong ? ReadOnlyMemory<byte>.Empty : line;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(_buffer.Length * 2L, maxLineBytes + 1L));
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        _isAtEnd = read == 0;
    }
}
