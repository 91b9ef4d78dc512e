using ExperimentFramework.DataPlane;

namespace ExperimentFramework.BrokenExperimentSample;

/// <summary>A shop that redirects half of its visitors to a new checkout, and loses some of them on the way.</summary>
internal sealed class Shop(IExperiments experiments, double lossOfRedirect, int seed)
{
    public const string Experiment = "checkout";
    public const string NewCheckout = "new";

    private readonly Random _random = new(seed);

    /// <summary>Serves a visitor.</summary>
    /// <returns>Whether the visitor has arrived at a checkout.</returns>
    public async Task<bool> ServeAsync(int visitor, bool isBroken)
    {
        var subject = $"visitor-{visitor}";
        var decision = await experiments.DecideAsync(Experiment, subject, "visitor");

        // The checkout itself records the exposure, so a visitor who does not arrive there is never counted.
        var isLost = _random.NextDouble() < lossOfRedirect;
        if (isBroken && isLost && decision.VariantKey == NewCheckout)
        {
            return false;
        }

        await experiments.ExposeAsync(Experiment, subject, "visitor");
        return true;
    }
}
