namespace ExperimentFramework.DataPlane;

/// <summary>A destination of which no call returns before its gate opens, whatever their tokens say.</summary>
internal sealed class HangingBackplane : IDataBackplane
{
    private int _calls;

    public TaskCompletionSource Gate { get; } = new();

    /// <summary>Ends with the first event that is handed over.</summary>
    public TaskCompletionSource IsCalled { get; } = new();

    /// <summary>Ends with the first event that it has taken.</summary>
    public TaskCompletionSource HasReturned { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Calls => Volatile.Read(ref _calls);

    public async ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        IsCalled.TrySetResult();
        await Gate.Task;
        HasReturned.TrySetResult();
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => new(Gate.Task);

    public async ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default)
    {
        await Gate.Task;
        return BackplaneHealth.Healthy();
    }
}
