namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>Decisions of the checkout's experiment by its name.</summary>
public sealed class DecisionCalls(CheckoutHost host, Subjects subjects) : CallPath
{
    private readonly IExperiments _experiments = host.Get<IExperiments>();

    public override int Burst()
    {
        var total = 0;
        foreach (var user in subjects.NextBurst())
        {
            total += _experiments.Decide("checkout", user).VariantKey.Length;
        }

        return total;
    }

    public override void Dispose()
    {
        base.Dispose();
        host.Dispose();
    }
}
