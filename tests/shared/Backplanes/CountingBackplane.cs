namespace ExperimentFramework.DataPlane;

/// <summary>A destination that counts what it gets, and how often it is disposed.</summary>
internal sealed class CountingBackplane : AcceptingBackplane, IDisposable
{
    private readonly SemaphoreSlim _arrivals = new(0);
    private int _published;

    public int Published => Volatile.Read(ref _published);

    public int Disposals { get; private set; }

    /// <summary>What disposal throws; null for nothing.</summary>
    public Exception? DisposalFailure { get; init; }

    /// <summary>Waits until so many more events have come.</summary>
    public async Task Reached(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _arrivals.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    public override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _published);
        _arrivals.Release();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        Disposals++;
        if (DisposalFailure is not null)
        {
            throw DisposalFailure;
        }
    }
}
