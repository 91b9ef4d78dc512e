using System.Threading.Channels;

namespace ExperimentFramework.DataPlane.Benchmarks.Throughput;

/// <summary>A bounded channel.</summary>
/// <param name="record">Makes a record.</param>
internal sealed class ChannelPipe<T>(Func<string, long, T> record) : RecordPipe
{
    private readonly Channel<T> _channel = Channel.CreateBounded<T>(new BoundedChannelOptions(Room) { SingleReader = true });
    private long _read;

    public override long Read => _read;

    public override void Write(int producer, string subject)
    {
        var written = record(subject, Now);
        while (!_channel.Writer.TryWrite(written))
        {
            // On a thread of the table's own, as a synchronous caller waits.
            _channel.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    public override void ReadAll()
    {
        // The reader has a thread of its own in every pipe, so that none is measured with the scheduling of another.
        while (_channel.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_channel.Reader.TryRead(out _))
            {
                _read++;
            }
        }
    }

    public override void Complete() => _channel.Writer.Complete();
}
