using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>The health of several destinations as one: unhealthy when one of them is, degraded when one of them is.</summary>
internal static class HealthAggregator
{
    public static async ValueTask<BackplaneHealth> AggregateAsync(
        IReadOnlyList<Destination> destinations, IEnumerable<IHealthContributor> others, DropLedger drops, CancellationToken cancellationToken)
    {
        var diagnostics = new Dictionary<string, object>();
        var troubles = new List<string>();
        var concerns = new List<string>();
        if (destinations.Count == 0)
        {
            troubles.Add("No destination is registered: call AddInMemoryDataBackplane() or another Add...DataBackplane().");
        }

        // All at once, so that one that takes long does not add to the others.
        var healths = await Task.WhenAll(destinations.Select(destination => destination.HealthAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        for (var i = 0; i < healths.Length; i++)
        {
            Describe(string.Create(CultureInfo.InvariantCulture, $"destination:{i}:{destinations[i].Name}"), healths[i], diagnostics);
            if (!healths[i].IsHealthy)
            {
                troubles.Add(healths[i].Description ?? $"{destinations[i].Name} is unhealthy.");
            }
            else if (healths[i].IsDegraded)
            {
                concerns.Add(healths[i].Description ?? $"{destinations[i].Name} is degraded.");
            }
        }

        foreach (var other in others)
        {
            Describe(other, diagnostics, concerns);
        }

        var lost = drops.Lost;
        diagnostics["dropped"] = lost;
        drops.Describe(diagnostics);
        if (troubles.Count > 0)
        {
            return BackplaneHealth.Unhealthy(string.Join(" ", troubles.Concat(concerns)), diagnostics);
        }

        return concerns.Count > 0
            ? BackplaneHealth.Degraded(string.Join(" ", concerns), diagnostics)
            : BackplaneHealth.Healthy(
                string.Create(CultureInfo.InvariantCulture, $"{destinations.Count} destinations in order, {lost} events dropped."), diagnostics);
    }

    private static void Describe(IHealthContributor other, Dictionary<string, object> diagnostics, List<string> concerns)
    {
        try
        {
            foreach (var (name, value) in other.Diagnostics)
            {
                diagnostics[$"{other.Name}:{name}"] = value;
            }

            if (other.DegradedReason is { } trouble)
            {
                concerns.Add(trouble);
            }
        }
        catch (Exception exception)
        {
            concerns.Add($"The health of {other.Name} cannot be read: {exception.GetType().FullName}.");
        }
    }

    private static void Describe(string prefix, BackplaneHealth health, Dictionary<string, object> diagnostics)
    {
        diagnostics[$"{prefix}:healthy"] = health.IsHealthy;
        if (health.Description is not null)
        {
            diagnostics[$"{prefix}:description"] = health.Description;
        }

        foreach (var (name, value) in health.Diagnostics)
        {
            diagnostics[$"{prefix}:{name}"] = value;
        }
    }
}
