namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>Control.</summary>
public class Checkout : ICheckout
{
    public int Total(string user) => user.Length;

    public int TotalOf(string user, string country, int items) => user.Length + items;

    public ValueTask<int> TotalAsync(string user) => new(user.Length);
}

/// <summary>The other variant.</summary>
public sealed class OtherCheckout : Checkout;
