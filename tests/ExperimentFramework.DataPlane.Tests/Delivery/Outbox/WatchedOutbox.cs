namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>An outbox that notices a call that begins before another one has ended.</summary>
internal sealed class WatchedOutbox : IEventOutbox, IDisposable
{
    private readonly TaskCompletionSource _isStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _continues = new(initialState: true);
    private readonly InMemoryEventOutbox _inner = new(capacity: 100);
    private int _calls;
    private int _running;
    private volatile bool _haveMet;

    public int Calls => Volatile.Read(ref _calls);

    public bool HaveMet => _haveMet;

    public Task IsStopped => _isStopped.Task;

    /// <summary>Makes the next call that stores events wait.</summary>
    public void Stop() => _continues.Reset();

    public void Continue() => _continues.Set();

    public void Dispose() => _continues.Dispose();

    public long NextPosition(string destination) => _inner.NextPosition(destination);

    public long Count(string destination) => _inner.Count(destination);

    public int Append(string destination, IReadOnlyList<QueuedEnvelope> events, OutboxDropHandler lost) => Alone(() =>
    {
        if (!_continues.IsSet && !_haveMet)
        {
            _isStopped.TrySetResult();
            _continues.Wait();
        }

        return _inner.Append(destination, events, lost);
    });

    public void Read(string destination, List<QueuedEnvelope> into, int max, OutboxDropHandler lost) => Alone(() =>
    {
        _inner.Read(destination, into, max, lost);
        return 0;
    });

    public void Remove(string destination, IReadOnlyList<QueuedEnvelope> events) => Alone(() =>
    {
        _inner.Remove(destination, events);
        return 0;
    });

    private int Alone(Func<int> call)
    {
        Interlocked.Increment(ref _calls);
        if (Interlocked.Increment(ref _running) > 1)
        {
            _haveMet = true;
        }

        try
        {
            return call();
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
