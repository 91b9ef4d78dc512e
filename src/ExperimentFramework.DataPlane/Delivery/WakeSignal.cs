using System.Threading.Channels;

namespace ExperimentFramework.DataPlane;

/// <summary>Wakes the one worker that waits on it. Setting it again before the worker has woken changes nothing and costs a read.</summary>
internal sealed class WakeSignal
{
    private readonly Channel<bool> _channel =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private int _isSet;

    public void Set()
    {
        if (Volatile.Read(ref _isSet) == 0 && Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            _channel.Writer.TryWrite(true);
        }
    }

    public async ValueTask WaitAsync()
    {
        await _channel.Reader.ReadAsync().ConfigureAwait(false);

        // A full fence: what was done before a Set that finds the signal still set is seen by the worker from here on.
        Interlocked.Exchange(ref _isSet, 0);
    }
}
