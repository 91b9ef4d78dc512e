namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>One call.</summary>
public interface ICheckoutCall
{
    static virtual int Make(ICheckout checkout, string user) => checkout.Total(user);
}
