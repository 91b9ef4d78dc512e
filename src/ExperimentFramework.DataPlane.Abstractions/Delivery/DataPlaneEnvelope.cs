namespace ExperimentFramework.DataPlane;

/// <summary>An event on its way to a destination.</summary>
public sealed record DataPlaneEnvelope
{
    /// <summary>
    /// The event's id: a time-ordered UUID version 7 (RFC 9562, section 5.7), so that storage stays ordered and an event that
    /// is delivered twice is recognised.
    /// </summary>
    public required Guid EventId { get; init; }

    /// <summary>When the event happened, in UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The category of the event.</summary>
    public required DataPlaneEventType EventType { get; init; }

    /// <summary>The version of the payload's schema, as <c>major.minor.patch</c>.</summary>
    public required string SchemaVersion { get; init; }

    /// <summary>The event.</summary>
    public required DataPlaneEvent Payload { get; init; }

    /// <summary>The trace id (W3C Trace Context, 32 hexadecimal digits) of the activity that the event happened in; null outside one.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>What the application or the pipeline adds about the delivery; null when there is nothing.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
