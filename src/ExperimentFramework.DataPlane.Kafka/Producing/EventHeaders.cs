namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The names of the headers of a message. Their values are text in UTF-8.</summary>
internal static class EventHeaders
{
    public const string EventId = "event-id";
    public const string EventType = "event-type";
    public const string SchemaVersion = "schema-version";
    public const string ContentType = "content-type";
}
