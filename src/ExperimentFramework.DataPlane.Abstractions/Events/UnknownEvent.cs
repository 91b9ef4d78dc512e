namespace ExperimentFramework.DataPlane;

/// <summary>
/// An event of a category that this version does not know, as it was read from a newer one. It can be kept and written back; it cannot be
/// published, because there is no switch for its category and redaction cannot see into it.
/// </summary>
public sealed record UnknownEvent : DataPlaneEvent
{
    /// <summary>An undefined value.</summary>
    public override DataPlaneEventType EventType => (DataPlaneEventType)(-1);

    /// <summary>The category as it was written.</summary>
    public required string EventTypeName { get; init; }

    /// <summary>The payload as it was written: a JSON object.</summary>
    public required string Json { get; init; }
}
