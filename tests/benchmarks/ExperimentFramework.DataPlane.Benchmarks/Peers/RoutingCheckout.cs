using ExperimentFramework.DataPlane.Benchmarks.Calls;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>A decorator that picks a variant and records nothing.</summary>
public sealed class RoutingCheckout : ICheckout
{
    private readonly ICheckout[] _variants = [new Checkout(), new OtherCheckout()];
    private int _index = 1;

    public int Total(string user) => Variant.Total(user);

    public int TotalOf(string user, string country, int items) => Variant.TotalOf(user, country, items);

    public ValueTask<int> TotalAsync(string user) => Variant.TotalAsync(user);

    private ICheckout Variant => _variants[Volatile.Read(ref _index)];
}
