namespace ExperimentFramework.DataPlane.Tool;

/// <summary>An event of a source.</summary>
/// <param name="Envelope">The event.</param>
/// <param name="File">The file that it is in.</param>
/// <param name="Position">The number of its line; of a Parquet file the number of the event. The first one is 1. 0 if its place has no number: in a topic, a table, or once it was sorted.</param>
/// <param name="Json">The event as it was written, valid until the next one is read; empty if the file is Parquet.</param>
internal readonly record struct SourceEvent(DataPlaneEnvelope Envelope, string File, long Position, ReadOnlyMemory<byte> Json);
