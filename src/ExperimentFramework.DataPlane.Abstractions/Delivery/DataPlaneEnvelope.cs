namespace ExperimentFramework.DataPlane;

/// <summary>An event with its id and metadata, as it is delivered to destinations.</summary>
public sealed record DataPlaneEnvelope
{
    /// <summary>
    /// The event's id: a time-ordered UUID version 7 (RFC 9562, section 5.7), so that storage stays ordered and duplicate
    /// deliveries can be recognized.
    /// </summary>
    /// <example>0192f0d1-0000-7000-8000-000000000001</example>
    public required Guid EventId { get; init; }

    /// <summary>When the event happened, in UTC.</summary>
    /// <example>2026-03-01T12:00:00.1234567Z</example>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The category of the event.</summary>
    /// <example>Exposure</example>
    public required DataPlaneEventType EventType { get; init; }

    /// <summary>The version of the payload's schema, as <c>major.minor.patch</c>.</summary>
    /// <example>1.0.0</example>
    public required string SchemaVersion { get; init; }

    /// <summary>The event.</summary>
    /// <example>{"eventType":"Exposure","schemaVersion":"1.0.0","experimentName":"checkout-pricing","timestamp":"2026-03-01T12:00:00.1234567Z","variantKey":"dynamic"}</example>
    public required DataPlaneEvent Payload { get; init; }

    /// <summary>The trace id (W3C Trace Context, 32 hexadecimal digits) of the activity in which the event happened; null if there was none.</summary>
    /// <example>0af7651916cd43dd8448eb211c80319c</example>
    public string? CorrelationId { get; init; }

    /// <summary>The span id (W3C Trace Context, 16 hexadecimal digits) of the activity in which the event happened; null if there was none.</summary>
    /// <example>b7ad6b7169203331</example>
    public string? SpanId { get; init; }

    /// <summary>Information about the delivery, added by the application or the pipeline; null if there is none.</summary>
    /// <example>{"pseudonymKeyId":"2026-03"}</example>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
