using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>The health of several destinations as one: unhealthy when one of them is.</summary>
internal static class DestinationHealth
{
    public static async ValueTask<BackplaneHealth> OfAllAsync(
        IReadOnlyList<Destination> destinations, DropLedger drops, CancellationToken cancellationToken)
    {
        var diagnostics = new Dictionary<string, object>();
        var troubles = new List<string>();
        for (var i = 0; i < destinations.Count; i++)
        {
            var health = await destinations[i].HealthAsync(cancellationToken).ConfigureAwait(false);
            var prefix = string.Create(CultureInfo.InvariantCulture, $"destination:{i}:{destinations[i].Name}");
            diagnostics[$"{prefix}:healthy"] = health.IsHealthy;
            if (health.Description is not null)
            {
                diagnostics[$"{prefix}:description"] = health.Description;
            }

            foreach (var (name, value) in health.Diagnostics)
            {
                diagnostics[$"{prefix}:{name}"] = value;
            }

            if (!health.IsHealthy)
            {
                troubles.Add(health.Description ?? $"{destinations[i].Name} is unhealthy.");
            }
        }

        var lost = drops.Lost;
        diagnostics["dropped"] = lost;
        drops.Describe(diagnostics);
        return troubles.Count == 0
            ? BackplaneHealth.Healthy(
                string.Create(CultureInfo.InvariantCulture, $"{destinations.Count} destinations in order, {lost} events dropped."), diagnostics)
            : BackplaneHealth.Unhealthy(string.Join(" ", troubles), diagnostics);
    }
}
