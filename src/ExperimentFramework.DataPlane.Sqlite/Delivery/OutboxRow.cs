namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>A stored event.</summary>
/// <param name="Id">The row's id in its file, by which it can be removed whatever the other columns contain; 0 before it is stored.</param>
/// <param name="Position">The event's position in the order of its destination; null if the column does not contain a number.</param>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Variant">The variant that a drop of the event counts for.</param>
/// <param name="StoredAt">When the event was stored, in UTC ticks.</param>
/// <param name="Size">The length of the envelope in bytes.</param>
/// <param name="Envelope">The envelope as JSON; empty if the column does not contain text in UTF-8.</param>
internal readonly record struct OutboxRow(long Id, long? Position, string Experiment, string Variant, long StoredAt, long Size, string Envelope)
{
    /// <summary>Reads the event; null if it cannot be read.</summary>
    public DataPlaneEnvelope? TryRead()
    {
        try
        {
            return DataPlaneJson.Deserialize(Envelope);
        }
        catch (Exception)
        {
            // Whatever the cause, a row that cannot be read must not keep those behind it from being read.
            return null;
        }
    }

    /// <summary>Describes the drop of the event. If the event cannot be read, experiment and variant come from the row's columns.</summary>
    public OutboxDrop Drop(string reason) => TryRead() is { } envelope
        ? new OutboxDrop(Experiment, Variant, reason) { EventType = envelope.EventType, EventId = envelope.EventId }
        : new OutboxDrop(Experiment, Variant, reason);
}
