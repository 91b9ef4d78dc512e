namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A stream whose beginning can be looked at before it is read, also if it cannot be rewound. Waiting for a pipe can be canceled.</summary>
/// <param name="source">The stream, disposed with this one.</param>
/// <param name="bufferBytes">The size of the buffer.</param>
/// <param name="onRead">Receives the number of bytes each time that some were read of the source.</param>
internal sealed class PeekableStream(Stream source, int bufferBytes, Action<int> onRead) : Stream
{
    private readonly byte[] _buffer = new byte[bufferBytes];
    private int _start;
    private int _end;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Returns what comes next without taking it: at least 4 bytes, unless there are fewer.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(CancellationToken cancellationToken)
    {
        while (_end - _start < 4 && _end < _buffer.Length)
        {
            if (await FillAsync(cancellationToken) == 0)
            {
                break;
            }
        }

        return _buffer.AsMemory(_start, _end - _start);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TakeBuffered(buffer.Span) is > 0 and var buffered)
        {
            return buffered;
        }

        if (!source.CanSeek)
        {
            (_start, _end) = (0, 0);
            await FillAsync(cancellationToken);
            return TakeBuffered(buffer.Span);
        }

        var read = await source.ReadAsync(buffer, cancellationToken);
        onRead(read);
        return read;
    }

    public override int Read(Span<byte> buffer)
    {
        if (TakeBuffered(buffer) is > 0 and var buffered)
        {
            return buffered;
        }

        var read = source.Read(buffer);
        onRead(read);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads into the own buffer: reading a pipe or a terminal goes on after it was canceled, and must not write into memory that is used for something else by then.</summary>
    private async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        var free = _buffer.AsMemory(_end);
        var read = source.CanSeek
            ? await source.ReadAsync(free, cancellationToken)
            : await source.ReadAsync(free, CancellationToken.None).AsTask().WaitAsync(cancellationToken);
        _end += read;
        onRead(read);
        return read;
    }

    private int TakeBuffered(Span<byte> target)
    {
        var length = Math.Min(target.Length, _end - _start);
        _buffer.AsSpan(_start, length).CopyTo(target);
        _start += length;
        return length;
    }
}
