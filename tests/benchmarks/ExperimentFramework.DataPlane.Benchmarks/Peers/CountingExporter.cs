using OpenTelemetry;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>Counts what it is given.</summary>
internal sealed class CountingExporter<T> : BaseExporter<T>
    where T : class
{
    private long _exported;

    public long Exported => Volatile.Read(ref _exported);

    public override ExportResult Export(in Batch<T> batch)
    {
        Interlocked.Add(ref _exported, batch.Count);
        return ExportResult.Success;
    }
}
