namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>Calls of a checkout.</summary>
/// <typeparam name="TCall">
/// The call, as a structure: the compiler makes a loop of its own for each, and where a row has a structure of its own no other row's
/// calls pass through its loop.
/// </typeparam>
public sealed class CheckoutCalls<TCall>(ICheckout checkout, Subjects subjects, Action? drain = null, IDisposable? owner = null) : CallPath
    where TCall : struct, ICheckoutCall
{
    public CheckoutCalls(CheckoutHost host, Subjects subjects)
        : this(host.Get<ICheckout>(), subjects, host.Drain, host)
    {
    }

    public override int Burst()
    {
        var total = 0;
        foreach (var user in subjects.NextBurst())
        {
            total += TCall.Make(checkout, user);
        }

        return total;
    }

    public override void Drain() => drain?.Invoke();

    public override void Dispose()
    {
        base.Dispose();
        owner?.Dispose();
    }
}
