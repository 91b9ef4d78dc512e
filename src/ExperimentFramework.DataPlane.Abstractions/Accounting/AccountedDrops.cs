namespace ExperimentFramework.DataPlane;

/// <summary>The events of one experiment, assigned variant and category that were dropped for one reason.</summary>
public sealed record AccountedDrops
{
    /// <summary>The experiment's name; <c>*</c> for events of no single experiment.</summary>
    /// <example>checkout-pricing</example>
    public required string ExperimentName { get; init; }

    /// <summary>The key of the assigned variant; empty for categories that have none; <c>*</c> for exposures that were refused as <c>unknown_variant</c>.</summary>
    /// <example>dynamic</example>
    public required string VariantKey { get; init; }

    /// <summary>The category's name, as in <see cref="DataPlaneEvent.EventType"/>.</summary>
    /// <example>Exposure</example>
    public required string EventType { get; init; }

    /// <summary>Why the events were dropped, as in the tag <c>reason</c> of the metric <c>dataplane.events.dropped</c>.</summary>
    /// <example>queue_full</example>
    public required string Reason { get; init; }

    /// <summary>The number of events.</summary>
    /// <example>2</example>
    public required long Count { get; init; }

    /// <summary>
    /// The producer whose events these were, if it is another one: its process ended, and this one took them over from its outbox. Subtract them from that
    /// producer's events. Eleven zeros if the stored event could not be read; null for events of the account's own producer.
    /// </summary>
    /// <example>0f0e0d0c0b0</example>
    public string? OriginalProducerId { get; init; }
}
