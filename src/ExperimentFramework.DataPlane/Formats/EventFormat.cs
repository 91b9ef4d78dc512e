namespace ExperimentFramework.DataPlane;

/// <summary>How a destination writes events.</summary>
public enum EventFormat
{
    /// <summary>The envelope as JSON; its schema is <c>docs/schemas/envelope-1.0.0.schema.json</c>.</summary>
    Json = 0,

    /// <summary>
    /// CloudEvents 1.0: the envelope's fields are attributes with the names of that specification, and the event is their data. Files and logs contain one JSON object for each event
    /// (structured mode); a message of a broker has the attributes as headers and the event as its body (binary mode).
    /// </summary>
    CloudEvents = 1,
}
