namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>A destination that does nothing but count.</summary>
public sealed class DiscardingBackplane : IDataBackplane
{
    private long _received;

    public long Received => Volatile.Read(ref _received);

    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _received);
        return ValueTask.CompletedTask;
    }

    public ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        Interlocked.Add(ref _received, envelopes.Count);
        return new(BatchResult.Delivered);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => new(BackplaneHealth.Healthy());
}
