using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>The health of the callers' queue, added to that of the destinations.</summary>
internal static class PipelineHealth
{
    public static BackplaneHealth GetHealth(BackplaneHealth destinations, long queued, int capacity, bool isLosing, string? trouble)
    {
        var diagnostics = new Dictionary<string, object>(destinations.Diagnostics)
        {
            ["queued"] = queued,
            ["queue_capacity"] = capacity,
        };
        if (isLosing)
        {
            return BackplaneHealth.Unhealthy($"Events are lost in front of all destinations. {destinations.Description}", diagnostics);
        }

        if (trouble is not null && destinations.IsHealthy)
        {
            return BackplaneHealth.Degraded(destinations.IsDegraded ? $"{trouble} {destinations.Description}" : trouble, diagnostics);
        }

        return destinations.IsHealthy && queued * 5 >= capacity * 4L
            ? BackplaneHealth.Degraded(string.Create(CultureInfo.InvariantCulture, $"{queued} of at most {capacity} events wait. {destinations.Description}"), diagnostics)
            : destinations with { Diagnostics = diagnostics };
    }
}
