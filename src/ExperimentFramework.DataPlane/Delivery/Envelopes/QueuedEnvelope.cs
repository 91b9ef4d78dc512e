namespace ExperimentFramework.DataPlane;

/// <summary>An event with its position in the order of one destination.</summary>
internal readonly record struct QueuedEnvelope(DataPlaneEnvelope Envelope, long Position);
