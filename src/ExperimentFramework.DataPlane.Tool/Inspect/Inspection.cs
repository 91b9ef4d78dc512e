namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What a stream holds, after it was read.</summary>
/// <param name="Formats">The files that were read, and their bytes, by format.</param>
/// <param name="Summary">What was counted.</param>
/// <param name="Producers">Whether the stream of each producer is complete.</param>
/// <param name="Faults">What could not be read.</param>
internal sealed record Inspection(IReadOnlyDictionary<SourceFormat, (int Files, long Bytes)> Formats, StreamSummary Summary, IReadOnlyList<ProducerCompleteness> Producers, FaultLog Faults);
