using ExperimentFramework.DataPlane.Benchmarks.Calls;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>A decorator of the checkout that records each call in some way of its own.</summary>
public abstract class PeerCheckout : ICheckout
{
    private readonly OtherCheckout _variant = new();

    public int Total(string user)
    {
        Record(user);
        return _variant.Total(user);
    }

    public int TotalOf(string user, string country, int items)
    {
        Record(user);
        return _variant.TotalOf(user, country, items);
    }

    public ValueTask<int> TotalAsync(string user)
    {
        Record(user);
        return _variant.TotalAsync(user);
    }

    protected abstract void Record(string user);
}
