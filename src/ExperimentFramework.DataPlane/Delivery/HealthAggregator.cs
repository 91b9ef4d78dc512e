using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>Combines the health of several destinations: unhealthy if any is unhealthy, degraded if any is degraded.</summary>
internal static class HealthAggregator
{
    public static async ValueTask<BackplaneHealth> AggregateAsync(
        IReadOnlyList<Destination> destinations, IEnumerable<IHealthContributor> contributors, DropLedger drops, CancellationToken cancellationToken)
    {
        var diagnostics = new Dictionary<string, object>();
        var failures = new List<string>();
        var warnings = new List<string>();
        if (destinations.Count == 0)
        {
            failures.Add("No destination is registered: call AddInMemoryDataBackplane() or another Add...DataBackplane().");
        }

        // Concurrently, so that the times of slow destinations do not add up.
        var healths = await Task.WhenAll(destinations.Select(destination => destination.HealthAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        for (var i = 0; i < healths.Length; i++)
        {
            Describe(string.Create(CultureInfo.InvariantCulture, $"destination:{i}:{destinations[i].Name}"), healths[i], diagnostics);
            if (!healths[i].IsHealthy)
            {
                failures.Add(healths[i].Description ?? $"{destinations[i].Name} is unhealthy.");
            }
            else if (healths[i].IsDegraded)
            {
                warnings.Add(healths[i].Description ?? $"{destinations[i].Name} is degraded.");
            }
        }

        foreach (var contributor in contributors)
        {
            Describe(contributor, diagnostics, warnings);
        }

        var lost = drops.Lost;
        diagnostics["dropped"] = lost;
        drops.Describe(diagnostics);
        if (failures.Count > 0)
        {
            return BackplaneHealth.Unhealthy(string.Join(" ", failures.Concat(warnings)), diagnostics);
        }

        return warnings.Count > 0
            ? BackplaneHealth.Degraded(string.Join(" ", warnings), diagnostics)
            : BackplaneHealth.Healthy(
                string.Create(CultureInfo.InvariantCulture, $"Healthy destinations: {destinations.Count}. Dropped events: {lost}."), diagnostics);
    }

    private static void Describe(IHealthContributor contributor, Dictionary<string, object> diagnostics, List<string> warnings)
    {
        try
        {
            foreach (var (name, value) in contributor.Diagnostics)
            {
                diagnostics[$"{contributor.Name}:{name}"] = value;
            }

            if (contributor.DegradedReason is { } reason)
            {
                warnings.Add(reason);
            }
        }
        catch (Exception exception)
        {
            warnings.Add($"The health of {contributor.Name} cannot be read: {exception.GetType().FullName}.");
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
