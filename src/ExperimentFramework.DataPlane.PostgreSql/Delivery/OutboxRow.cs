using System.Text;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>A stored event.</summary>
/// <param name="Position">The event's position in the order of its destination.</param>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Variant">The variant that a drop of the event counts for.</param>
/// <param name="StoredAt">When the event was stored.</param>
/// <param name="Size">The length of the envelope in bytes.</param>
/// <param name="Envelope">The envelope as JSON.</param>
internal readonly record struct OutboxRow(long Position, string Experiment, string Variant, DateTimeOffset StoredAt, int Size, string Envelope)
{
    /// <summary>Converts an event to a row; null if it cannot be serialized, which must not keep the other events from being stored.</summary>
    public static OutboxRow? TryWrite(QueuedEnvelope queued, DateTimeOffset storedAt)
    {
        try
        {
            var payload = queued.Envelope.Payload;
            var json = DataPlaneJson.Serialize(queued.Envelope);
            return new OutboxRow(queued.Position, Storable(payload.ExperimentName), Storable(EventKey.VariantOf(payload)), storedAt, Encoding.UTF8.GetByteCount(json), json);
        }
        catch (Exception)
        {
            return null;
        }
    }

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
        ? OutboxDrop.Of(envelope, reason)
        : new OutboxDrop(Experiment, Variant, reason);

    /// <summary>Replaces NUL characters and unpaired surrogates, which PostgreSQL cannot store as text, with U+FFFD. JSON has neither.</summary>
    private static string Storable(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\ufffd');
}
