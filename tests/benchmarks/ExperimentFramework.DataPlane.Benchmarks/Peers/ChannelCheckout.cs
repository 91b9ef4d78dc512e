using System.Threading.Channels;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>The record of the floor into a bounded channel.</summary>
/// <param name="channel">The channel.</param>
internal sealed class ChannelCheckout(ChannelWriter<RingRecord> channel) : PeerCheckout
{
    private readonly object _experiment = new();
    private readonly object _variant = new();

    protected override void Record(string user) => channel.TryWrite(new RingRecord
    {
        Experiment = _experiment,
        Variant = _variant,
        Subject = user,
        Timestamp = TimeProvider.System.GetUtcNow().UtcTicks,
    });
}
