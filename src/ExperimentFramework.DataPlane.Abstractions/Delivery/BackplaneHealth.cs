namespace ExperimentFramework.DataPlane;

/// <summary>The health of a destination, or of the pipeline and all its destinations.</summary>
public sealed record BackplaneHealth
{
    /// <summary>Whether events are accepted and delivered, even if with problems.</summary>
    public required bool IsHealthy { get; init; }

    /// <summary>Whether there is a problem that has not lost events yet, such as a queue that fills up or a destination that is being retried.</summary>
    public bool IsDegraded { get; init; }

    /// <summary>A description of the state; null if there is nothing to report.</summary>
    public string? Description { get; init; }

    /// <summary>The state in numbers, by name; empty if there are none.</summary>
    public IReadOnlyDictionary<string, object> Diagnostics { get; init; } = new Dictionary<string, object>();

    /// <summary>Creates a healthy result.</summary>
    /// <param name="description">A description of the state.</param>
    /// <param name="diagnostics">The state in numbers.</param>
    /// <returns>A healthy result.</returns>
    public static BackplaneHealth Healthy(string? description = null, IReadOnlyDictionary<string, object>? diagnostics = null) =>
        Create(true, description, diagnostics);

    /// <summary>Creates a degraded result: the destination works, but has a problem.</summary>
    /// <param name="description">A description of the state.</param>
    /// <param name="diagnostics">The state in numbers.</param>
    /// <returns>A result that is healthy and degraded.</returns>
    public static BackplaneHealth Degraded(string? description = null, IReadOnlyDictionary<string, object>? diagnostics = null) =>
        Create(true, description, diagnostics) with { IsDegraded = true };

    /// <summary>Creates an unhealthy result.</summary>
    /// <param name="description">A description of the state.</param>
    /// <param name="diagnostics">The state in numbers.</param>
    /// <returns>An unhealthy result.</returns>
    public static BackplaneHealth Unhealthy(string? description = null, IReadOnlyDictionary<string, object>? diagnostics = null) =>
        Create(false, description, diagnostics);

    private static BackplaneHealth Create(bool isHealthy, string? description, IReadOnlyDictionary<string, object>? diagnostics)
    {
        var health = new BackplaneHealth { IsHealthy = isHealthy, Description = description };
        return diagnostics is null ? health : health with { Diagnostics = diagnostics };
    }
}
