namespace ExperimentFramework.DataPlane.Science;

/// <summary>The monitor as a destination. It receives the same redacted events as every other destination, and its losses are counted like those of any other.</summary>
internal sealed class ExperimentMonitorBackplane(MonitorSession session, TimeProvider time) : IDataBackplane, IDisposable
{
    private readonly TimeProvider _time = NonThrowingTimeProvider.Of(time);

    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        session.Monitor.Observe(envelope, _time.GetUtcNow());
        return ValueTask.CompletedTask;
    }

    public ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        session.Monitor.Observe(envelopes, _time.GetUtcNow());
        return ValueTask.FromResult(BatchResult.Delivered);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(MonitorHealth.Of(session));

    /// <summary>The pipeline delivers its last events before it disposes its destinations, so the last snapshot contains them.</summary>
    public void Dispose()
    {
        session.Save();
        session.Dispose();
    }
}
