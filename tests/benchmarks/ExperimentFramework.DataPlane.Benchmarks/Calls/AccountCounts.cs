namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>
/// What the accounts add to a call that records nothing, because it repeats its subject's last exposure or its subject is not in the sample: its count,
/// found by the variant as the recorder finds it.
/// </summary>
internal sealed class AccountCounts : CallPath
{
    private static readonly Variant Variant = new(1, "b", Build: null, 0);

    private readonly VariantCounters _counters = new(static _ => new PerThreadCounter());

    /// <summary>Counts as often as a burst has calls.</summary>
    public override int Burst()
    {
        for (var i = 0; i < BurstSize; i++)
        {
            _counters.CounterFor(Variant).Increment();
        }

        return BurstSize;
    }
}
