namespace ExperimentFramework.DataPlane;

/// <summary>A counter for each variant of an experiment, indexed by <see cref="Variant.Id"/>.</summary>
internal sealed class VariantCounters(Func<Variant, PerThreadCounter> create)
{
    private PerThreadCounter?[] _counters = [];

    public PerThreadCounter CounterFor(Variant variant)
    {
        var counters = Volatile.Read(ref _counters);
        return (uint)variant.Id < (uint)counters.Length && counters[variant.Id] is { } counter ? counter : Add(variant);
    }

    /// <summary>Adds a counter. If two threads race, one array is lost, but the counters belong to the ledger, so no count is.</summary>
    private PerThreadCounter Add(Variant variant)
    {
        var counters = Volatile.Read(ref _counters);
        Array.Resize(ref counters, Math.Max(counters.Length, variant.Id + 1));
        var counter = counters[variant.Id] = create(variant);
        Volatile.Write(ref _counters, counters);
        return counter;
    }
}
