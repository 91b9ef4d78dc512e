namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// The stream of the answer. If who reads it closed it, writing throws <see cref="OutputClosedException"/>; if it cannot be written for another reason, such as a full disk, a <see cref="CommandException"/> that says so.
/// </summary>
/// <param name="target">The stream to write to, disposed with this one.</param>
internal sealed class OutputStream(Stream target) : Stream
{
    /// <summary>EPIPE on Unix, and both names that Windows has for it.</summary>
    private const int BrokenPipe = 32;
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsClosingPipe = unchecked((int)0x800700E8);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            target.Write(buffer);
        }
        catch (IOException exception)
        {
            throw Failure(exception);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await target.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException exception)
        {
            throw Failure(exception);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        try
        {
            target.Flush();
        }
        catch (IOException exception)
        {
            throw Failure(exception);
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await target.FlushAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            throw Failure(exception);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            target.Dispose();
        }

        base.Dispose(disposing);
    }

    private static Exception Failure(IOException exception) => exception.HResult is BrokenPipe or WindowsBrokenPipe or WindowsClosingPipe
        ? new OutputClosedException(exception)
        : new CommandException($"The output could not be written: {exception.Message}. What was written before is not the whole answer.", exception);
}
