namespace ExperimentFramework.DataPlane;

/// <summary>An event with its position in the order of one destination.</summary>
/// <param name="Envelope">The event.</param>
/// <param name="Position">Unique within the destination, and ascending in the order of delivery.</param>
public readonly record struct QueuedEnvelope(DataPlaneEnvelope Envelope, long Position);
