namespace ExperimentFramework.DataPlane;

/// <summary>A tally for each variant of an experiment, found by the variant's number.</summary>
internal sealed class VariantCounters(Func<Variant, StripedCounter> create)
{
    private StripedCounter?[] _counters = [];

    public StripedCounter CounterFor(Variant variant)
    {
        var tallies = Volatile.Read(ref _counters);
        return (uint)variant.Id < (uint)tallies.Length && tallies[variant.Id] is { } tally ? tally : Add(variant);
    }

    /// <summary>Two threads may both do this, and one's array may go: a tally is the ledger's, so nothing counted is lost.</summary>
    private StripedCounter Add(Variant variant)
    {
        var tallies = Volatile.Read(ref _counters);
        Array.Resize(ref tallies, Math.Max(tallies.Length, variant.Id + 1));
        var tally = tallies[variant.Id] = create(variant);
        Volatile.Write(ref _counters, tallies);
        return tally;
    }
}
