namespace ExperimentFramework.DataPlane;

/// <summary>
/// An event of a category that this version does not know, read from the output of a newer version. It can be kept and written back unchanged. It cannot
/// be published, because there is no switch for its category and its payload cannot be redacted.
/// </summary>
public sealed record UnknownEvent : DataPlaneEvent
{
    /// <summary>An undefined value of <see cref="DataPlaneEventType"/>.</summary>
    public override DataPlaneEventType EventType => (DataPlaneEventType)(-1);

    /// <summary>The name of the category, as it was read.</summary>
    public required string EventTypeName { get; init; }

    /// <summary>The payload as it was read: a JSON object.</summary>
    public required string Json { get; init; }
}
