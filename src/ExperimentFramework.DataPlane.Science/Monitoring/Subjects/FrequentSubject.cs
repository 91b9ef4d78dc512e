namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// Finds out whether nearly all exposures are of one subject, without counting each: the majority vote of Boyer and Moore, "MJRTY, a fast majority vote algorithm" (1991). If one subject has a share f of the exposures, its lead is at
/// least 2 f - 1 of them.
/// </summary>
internal sealed class FrequentSubject
{
    private const long FewestExposures = 1_000;
    private const double Share = 0.98;

    /// <summary>All exposures.</summary>
    public long Total { get; private set; }

    /// <summary>The hash of the subject that leads.</summary>
    public ulong Leader { get; private set; }

    /// <summary>By how many exposures it leads.</summary>
    public long Lead { get; private set; }

    /// <summary>Whether there are enough exposures for a verdict.</summary>
    public bool IsKnown => Total >= FewestExposures;

    /// <summary>Whether at least 98 % of the exposures are of one subject. One with 99 % of them is always found.</summary>
    public bool IsOne => Lead >= Share * Total;

    /// <summary>Counts an exposure.</summary>
    public void Add(ulong hash)
    {
        Total++;
        if (Lead == 0)
        {
            Leader = hash;
        }

        Lead += hash == Leader ? 1 : -1;
    }

    /// <summary>Adds exposures that were counted elsewhere: of two leaders the stronger one leads by the difference, so that the lead is again at least 2 f - 1.</summary>
    public void Add(long total, ulong leader, long lead)
    {
        Total += total;
        (Leader, Lead) = leader == Leader ? (Leader, Lead + lead) : lead > Lead ? (leader, lead - Lead) : (Leader, Lead - lead);
    }

    /// <summary>Restores what a snapshot held.</summary>
    public void Restore(long total, ulong leader, long lead) => (Total, Leader, Lead) = (total, leader, lead);
}
