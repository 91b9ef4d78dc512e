using ExperimentFramework.DataPlane.Benchmarks.Peers;

namespace ExperimentFramework.DataPlane.Benchmarks.Throughput;

/// <summary>OpenTelemetry's batch log processor. It does not wait: what finds no room is gone.</summary>
internal sealed class LogPipe : RecordPipe
{
    private readonly LogPipeline _pipeline = new();
    private readonly LoggingCheckout _checkout;
    private readonly ManualResetEventSlim _completed = new();

    public LogPipe() => _checkout = new LoggingCheckout(_pipeline.Logger);

    public override long Read => _pipeline.Exported;

    public override void Write(int producer, string subject) => _checkout.Total(subject);

    public override void ReadAll()
    {
        _completed.Wait();
        _pipeline.Complete();
    }

    public override void Complete() => _completed.Set();

    public override void Dispose()
    {
        _pipeline.Dispose();
        _completed.Dispose();
        base.Dispose();
    }
}
