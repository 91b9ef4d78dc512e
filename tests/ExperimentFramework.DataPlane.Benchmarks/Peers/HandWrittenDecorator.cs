using ExperimentFramework.DataPlane.Benchmarks.Calls;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>What a team writes without a framework: a decorator that makes the event and its envelope, and hands it on.</summary>
public sealed class HandWrittenDecorator(Action<DataPlaneEnvelope>? publish = null) : ICheckout
{
    private readonly OtherCheckout _variant = new();
    private readonly Action<DataPlaneEnvelope> _publish = publish ?? (static _ => { });

    public int Total(string user)
    {
        _publish(CheckoutExposure.Of(user));
        return _variant.Total(user);
    }

    public int TotalOf(string user, string country, int items)
    {
        _publish(CheckoutExposure.Of(user));
        return _variant.TotalOf(user, country, items);
    }

    public ValueTask<int> TotalAsync(string user)
    {
        _publish(CheckoutExposure.Of(user));
        return _variant.TotalAsync(user);
    }
}
