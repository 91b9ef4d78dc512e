using System.Security.Cryptography;
using System.Text;
using ExperimentFramework.DataPlane;

namespace ExperimentFramework.WebShopSample;

/// <summary>What the page of the simulation sets: how many visitors come, and what is broken on purpose.</summary>
/// <param name="loss">The share of their visitors that broken checkouts lose.</param>
internal sealed class SimulationSettings(double loss)
{
    public const int MaxVisitorsPerSecond = 200;

    private volatile int _visitorsPerSecond = 20;
    private volatile bool _isBroken;
    private volatile bool _isDestinationStopped;

    public int VisitorsPerSecond
    {
        get => _visitorsPerSecond;
        set => _visitorsPerSecond = Math.Clamp(value, 0, MaxVisitorsPerSecond);
    }

    /// <summary>Whether one-page checkouts fail for some of their visitors.</summary>
    public bool IsBroken
    {
        get => _isBroken;
        set => _isBroken = value;
    }

    /// <summary>Whether the switchable destination takes no events.</summary>
    public bool IsDestinationStopped
    {
        get => _isDestinationStopped;
        set => _isDestinationStopped = value;
    }

    /// <summary>Whether the page fails before the exposure is recorded: for a visitor always or never, so that who comes again is lost again.</summary>
    public bool Loses(ExperimentDecision decision, string? subject) =>
        _isBroken && decision.VariantKey == ShopEndpoints.OnePage && subject is not null && BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes("lost " + subject))) < loss * uint.MaxValue;
}
