namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>What a database file is used for.</summary>
/// <param name="Name">The use, as the end of "use another file for".</param>
/// <param name="Parts">The parts of this package that may be in the file, as <c>schema_version</c> names them.</param>
internal sealed record DatabaseUse(string Name, IReadOnlyList<string> Parts)
{
    public const string Assignment = "assignment";
    public const string Events = "events";
    public const string EventViews = "event_views";
    public const string OutboxEvents = "outbox";

    private static readonly string[] Shared = [Assignment, Events, EventViews];

    public static DatabaseUse OfAssignments { get; } = new("assignments", Shared);

    public static DatabaseUse OfEvents { get; } = new("events", Shared);

    public static DatabaseUse OfOutbox { get; } = new("the outbox", [OutboxEvents]);
}
