namespace ExperimentFramework.DataPlane;

/// <summary>What all events have in common.</summary>
public abstract record DataPlaneEvent
{
    private protected DataPlaneEvent()
    {
    }

    /// <summary>The category of the event.</summary>
    public abstract DataPlaneEventType EventType { get; }

    /// <summary>The version of the event's schema, as <c>major.minor.patch</c>.</summary>
    public string SchemaVersion { get; init; } = "1.0.0";

    /// <summary>The experiment's name.</summary>
    public required string ExperimentName { get; init; }

    /// <summary>When it happened, in UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}
