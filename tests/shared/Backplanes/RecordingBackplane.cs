using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>A destination behind a queue that keeps what it gets and fails or hangs as the test says.</summary>
internal sealed class RecordingBackplane : AcceptingBackplane
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
            await _arrived.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    public override async ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
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

    public override ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        Flushes++;
        return ValueTask.CompletedTask;
    }
}
