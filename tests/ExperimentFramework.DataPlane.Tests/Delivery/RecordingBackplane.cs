using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>A destination behind a queue that keeps what it gets and fails or hangs as the test says.</summary>
internal sealed class RecordingBackplane : IDataBackplane
{
    private readonly ConcurrentQueue<DataPlaneEnvelope> _events = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private int _awaited;

    public Exception? Failure { get; set; }

    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Ends with the first event that is handed over.</summary>
    public TaskCompletionSource IsCalled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Flushes { get; private set; }

    public IReadOnlyList<DataPlaneEnvelope> Events => [.. _events];

    /// <summary>Waits until so many events have come.</summary>
    public async Task Reached(int count)
    {
        for (; _awaited < count; _awaited++)
        {
            await _arrived.WaitAsync();
        }
    }

    public async ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        IsCalled.TrySetResult();
        if (Gate is not null)
        {
            await Gate.Task;
        }

        if (Failure is not null)
        {
            throw Failure;
        }

        _events.Enqueue(envelope);
        _arrived.Release();
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        Flushes++;
        return ValueTask.CompletedTask;
    }

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(BackplaneHealth.Healthy());
}
