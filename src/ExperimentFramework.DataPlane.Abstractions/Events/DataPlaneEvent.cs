namespace ExperimentFramework.DataPlane;

/// <summary>The base class of all events.</summary>
public abstract record DataPlaneEvent
{
    private protected DataPlaneEvent()
    {
    }

    /// <summary>The category of the event.</summary>
    /// <example>Exposure</example>
    public abstract DataPlaneEventType EventType { get; }

    /// <summary>The version of the event's schema, as <c>major.minor.patch</c>.</summary>
    /// <example>1.0.0</example>
    public string SchemaVersion { get; init; } = "1.0.0";

    /// <summary>The experiment's name; <c>*</c> in events that belong to no single experiment.</summary>
    /// <example>checkout-pricing</example>
    public required string ExperimentName { get; init; }

    /// <summary>When the event happened, in UTC.</summary>
    /// <example>2026-03-01T12:00:00.1234567Z</example>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>
    /// The text of enumeration fields whose value this version does not know, by the field's JSON name. A reader of an older version finds an
    /// undefined value in the field and the original text here, and writes it back unchanged. Null if there are none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? UnknownValues { get; init; }
}
