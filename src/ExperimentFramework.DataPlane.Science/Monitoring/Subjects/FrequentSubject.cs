namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// Determines whether nearly all exposures belong to one subject, without a counter for each: the majority vote of Boyer and Moore, "MJRTY, a fast majority vote algorithm" (1991). If one subject has a share f of the exposures, its lead is at
/// least 2 f - 1 of them.
/// </summary>
internal sealed class FrequentSubject
{
    private const long FewestExposures = 1_000;
    private const double Share = 0.98;

    /// <summary>All exposures.</summary>
    public long Total { get; private set; }

    /// <summary>The hash of the leading subject.</summary>
    public ulong Leader { get; private set; }

    /// <summary>The number of exposures by which it leads.</summary>
    public long Lead { get; private set; }

    /// <summary>Whether there are enough exposures for a verdict.</summary>
    public bool IsKnown => Total >= FewestExposures;

    /// <summary>Whether at least 98 % of the exposures belong to one subject. A subject with 99 % of them is always found.</summary>
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

    /// <summary>Adds exposures that were counted elsewhere. If the leaders differ, the stronger one leads by the difference, so that the lead is still at least 2 f - 1.</summary>
    public void Add(long total, ulong leader, long lead)
    {
        Total += total;
        (Leader, Lead) = leader == Leader ? (Leader, Lead + lead) : lead > Lead ? (leader, lead - Lead) : (Leader, Lead - lead);
    }

    /// <summary>Restores the state from a snapshot.</summary>
    public void Restore(long total, ulong leader, long lead) => (Total, Leader, Lead) = (total, leader, lead);
}
