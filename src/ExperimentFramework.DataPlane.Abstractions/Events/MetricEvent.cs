namespace ExperimentFramework.DataPlane;

/// <summary>
/// Something that was measured of a subject, such as a purchase and its amount. It names no experiment and no variant: analysis joins it with the
/// exposures of the same subject (id, type and tenant). It is never sampled, because the join keeps the subjects that are in the sample.
/// </summary>
public sealed record MetricEvent : DataPlaneEvent
{
    private readonly EventValues _attributes;

    /// <inheritdoc/>
    /// <example>Metric</example>
    public override DataPlaneEventType EventType => DataPlaneEventType.Metric;

    /// <summary>The metric's name.</summary>
    /// <example>purchase</example>
    public required string MetricName { get; init; }

    /// <summary>The metric's value, in <see cref="Unit"/>; 1 for an event that only counts, such as a conversion.</summary>
    /// <example>49.9</example>
    public required double Value { get; init; }

    /// <summary>The unit of <see cref="Value"/>; null if it has none.</summary>
    /// <example>EUR</example>
    public string? Unit { get; init; }

    /// <summary>The subject's id; null if unknown.</summary>
    /// <example>user-1</example>
    public string? SubjectId { get; init; }

    /// <summary>The subject's type, for example <c>user</c>; null if not specified.</summary>
    /// <example>user</example>
    public string? SubjectType { get; init; }

    /// <summary>The subject's tenant; null if there is none.</summary>
    /// <example>acme</example>
    public string? TenantId { get; init; }

    /// <summary>
    /// The key by which the application identifies what happened, such as an order number: events of one metric and tenant with the same key are the same. Readers
    /// count them once. Null if there is none.
    /// </summary>
    /// <example>order-4711</example>
    public string? IdempotencyKey { get; init; }

    /// <summary>Further values by name; null if there are none.</summary>
    /// <example>{"payment":"card","items":3}</example>
    public IReadOnlyDictionary<string, object?>? Attributes
    {
        get => _attributes.Values;
        init => _attributes = new EventValues(value);
    }
}
