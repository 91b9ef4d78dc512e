namespace ExperimentFramework.DataPlane;

/// <summary>What is known about a metric besides its name and value.</summary>
public sealed record MetricDetails
{
    /// <summary>
    /// The subject's id: the one that its exposures have. Null or empty for the current subject of the registered <see cref="ISubjectIdentityProvider"/>.
    /// With more than 1,024 characters the subject counts as unknown.
    /// </summary>
    public string? SubjectId { get; init; }

    /// <summary>
    /// The type of <see cref="SubjectId"/>, as in <see cref="ExposureSubjectAttribute"/>: the same id of another type is another subject. Ignored without an
    /// id, because the provider knows its own type. Null or empty for none. At most 1,024 characters.
    /// </summary>
    public string? SubjectType { get; init; }

    /// <summary>The subject's tenant; null or empty for the provider's, if there is one. At most 1,024 characters.</summary>
    public string? TenantId { get; init; }

    /// <summary>The unit of the value, for example <c>EUR</c> or <c>s</c>: at most 256 characters. Null or empty for none.</summary>
    public string? Unit { get; init; }

    /// <summary>
    /// The key by which the application identifies what happened, such as an order number, so that readers count it once for each metric and tenant however often it is recorded: at most
    /// 1,024 characters. Null or empty for none.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>When it happened, not before 1970; null for now.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>
    /// Further values by name, copied when the metric is recorded and bounded like the attributes of exposures
    /// (<see cref="DataPlaneOptions.MaxAttributeLength"/>). Null for none.
    /// </summary>
    public IReadOnlyDictionary<string, object?>? Attributes { get; init; }
}
