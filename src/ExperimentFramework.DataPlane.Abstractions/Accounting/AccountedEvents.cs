namespace ExperimentFramework.DataPlane;

/// <summary>The events of one experiment, assigned variant and category that were published to a destination.</summary>
public sealed record AccountedEvents
{
    /// <summary>The experiment's name; <c>*</c> for events of no single experiment.</summary>
    /// <example>checkout-pricing</example>
    public required string ExperimentName { get; init; }

    /// <summary>The key of the assigned variant; empty for categories that have none.</summary>
    /// <example>dynamic</example>
    public required string VariantKey { get; init; }

    /// <summary>The category's name, as in <see cref="DataPlaneEvent.EventType"/>.</summary>
    /// <example>Exposure</example>
    public required string EventType { get; init; }

    /// <summary>The number of events, including those dropped later.</summary>
    /// <example>100</example>
    public required long Count { get; init; }
}
