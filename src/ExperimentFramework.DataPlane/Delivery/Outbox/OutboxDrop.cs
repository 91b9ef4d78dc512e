namespace ExperimentFramework.DataPlane;

/// <summary>An event that an outbox drops.</summary>
/// <param name="ExperimentName">The name of the event's experiment.</param>
/// <param name="VariantKey">The variant that the event counts for.</param>
/// <param name="Reason">Why it is dropped: one of <see cref="DropReasons"/>.</param>
public readonly record struct OutboxDrop(string ExperimentName, string VariantKey, string Reason)
{
    /// <summary>Gets the event's category; null if it cannot be read any more. Default: null.</summary>
    public DataPlaneEventType? EventType { get; init; }

    /// <summary>Gets the event's id, which names the producer whose event it is; empty if it cannot be read any more. Default: empty.</summary>
    public Guid EventId { get; init; }

    /// <summary>What the drop is counted by.</summary>
    internal EventKey Key => new(ExperimentName, VariantKey, EventType ?? (DataPlaneEventType)(-1));

    /// <summary>Describes the drop of an event that can be read.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="reason">Why it is dropped: one of <see cref="DropReasons"/>.</param>
    /// <returns>The drop, by the event's experiment and its assigned variant.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="envelope"/> is null.</exception>
    public static OutboxDrop Of(DataPlaneEnvelope envelope, string reason)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        return new OutboxDrop(envelope.Payload.ExperimentName, EventKey.VariantOf(envelope.Payload), reason)
        {
            EventType = envelope.EventType,
            EventId = envelope.EventId,
        };
    }
}
