namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>Sixty-four bytes.</summary>
internal struct RingRecord
{
    public object? Experiment;
    public object? Variant;
    public string? Subject;
    public object? Attributes;
    public object? Activity;
    public long Timestamp;
    public long Number;
    public long Flags;
}
