namespace ExperimentFramework.DataPlane.Science;

/// <summary>A subject at its first exposure.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="Version">The version of the weights.</param>
/// <param name="Variant">The variant that it was assigned.</param>
/// <param name="Segments">A bit mask of its segments: see <see cref="SegmentSums"/>.</param>
internal readonly record struct CountedSubject(ulong Hash, int Version, int Variant, ulong Segments = 0);
