namespace ExperimentFramework.DataPlane;

/// <summary>What events are counted by.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Variant">The assigned variant's key; empty for categories that have none.</param>
/// <param name="EventType">The category; undefined if it is not known.</param>
internal readonly record struct EventKey(string Experiment, string Variant, DataPlaneEventType EventType)
{
    /// <summary>How many rows each count has at most.</summary>
    public const int MaxRows = 10_000;

    private const string Other = "(other)";

    /// <summary>The key of all further events, once the number of keys is at its limit.</summary>
    public EventKey Overflow => new(Other, Other, EventType);

    /// <summary>The category's name.</summary>
    public string TypeName => NameOf(EventType);

    public static EventKey Of(DataPlaneEvent counted) => new(counted.ExperimentName, VariantOf(counted), counted.EventType);

    /// <summary>Returns the name of a category, for tags and accounts.</summary>
    public static string NameOf(DataPlaneEventType eventType) => Enum.GetName(eventType) ?? "Unknown";

    /// <summary>Returns the variant that an event counts for: the assigned one, as in analysis.</summary>
    public static string VariantOf(DataPlaneEvent counted) => counted switch
    {
        ExposureEvent exposure => exposure.AssignedVariantKey ?? exposure.VariantKey,
        AssignmentEvent assignment => assignment.NewVariantKey,
        OutcomeEvent outcome => outcome.AssignedVariantKey ?? outcome.VariantKey,
        _ => "",
    };
}
