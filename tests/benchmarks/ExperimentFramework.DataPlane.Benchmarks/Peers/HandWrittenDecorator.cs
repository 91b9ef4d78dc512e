using System.Threading.Channels;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>What a team writes without a framework: a decorator that makes the event and its envelope, and hands it on.</summary>
/// <param name="publish">Takes the envelope.</param>
public sealed class HandWrittenDecorator(Action<DataPlaneEnvelope> publish) : PeerCheckout
{
    /// <summary>One whose destination does nothing.</summary>
    public static HandWrittenDecorator ToNowhere() => new(static _ => { });

    /// <summary>One that writes into a bounded channel.</summary>
    public static HandWrittenDecorator To(ChannelWriter<DataPlaneEnvelope> channel) => new(envelope => channel.TryWrite(envelope));

    protected override void Record(string user) => publish(CheckoutExposure.Of(user));
}
