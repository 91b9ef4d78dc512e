namespace ExperimentFramework.DataPlane;

/// <summary>An event with its place in the order of one destination.</summary>
internal readonly record struct QueuedEnvelope(DataPlaneEnvelope Envelope, long Position);
