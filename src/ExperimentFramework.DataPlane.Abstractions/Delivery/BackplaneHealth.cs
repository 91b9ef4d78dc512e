namespace ExperimentFramework.DataPlane;

/// <summary>How a destination, or the pipeline in front of all of them, is.</summary>
public sealed record BackplaneHealth
{
    /// <summary>True where events are taken and sent on, even if not as well as they should be.</summary>
    public required bool IsHealthy { get; init; }

    /// <summary>True where something is amiss and nothing is lost yet: a queue that fills up, a destination that is tried again.</summary>
    public bool IsDegraded { get; init; }

    /// <summary>The state in words; null when there is nothing to say.</summary>
    public string? Description { get; init; }

    /// <summary>The state in numbers, by name; empty when there are none.</summary>
    public IReadOnlyDictionary<string, object> Diagnostics { get; init; } = new Dictionary<string, object>();

    /// <summary>A destination in order.</summary>
    /// <param name="description">The state in words.</param>
    /// <param name="diagnostics">The state in numbers.</param>
    /// <returns>A health that is healthy.</returns>
    public static BackplaneHealth Healthy(string? description = null, IReadOnlyDictionary<string, object>? diagnostics = null) =>
        Create(true, description, diagnostics);

    /// <summary>A destination that still works, with something amiss.</summary>
    /// <param name="description">The state in words.</param>
    /// <param name="diagnostics">The state in numbers.</param>
    /// <returns>A health that is healthy and degraded.</returns>
    public static BackplaneHealth Degraded(string? description = null, IReadOnlyDictionary<string, object>? diagnostics = null) =>
        Create(true, description, diagnostics) with { IsDegraded = true };

    /// <summary>A destination out of order.</summary>
    /// <param name="description">The state in words.</param>
    /// <param name="diagnostics">The state in numbers.</param>
    /// <returns>A health that is not healthy.</returns>
    public static BackplaneHealth Unhealthy(string? description = null, IReadOnlyDictionary<string, object>? diagnostics = null) =>
        Create(false, description, diagnostics);

    private static BackplaneHealth Create(bool isHealthy, string? description, IReadOnlyDictionary<string, object>? diagnostics)
    {
        var health = new BackplaneHealth { IsHealthy = isHealthy, Description = description };
        return diagnostics is null ? health : health with { Diagnostics = diagnostics };
    }
}
