using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Keeps the latest events in memory, for development and tests. Events are available when the call that caused them
/// returns. The capacity is bounded: when it is reached, the oldest event is evicted and counted.
/// </summary>
public sealed class InMemoryDataBackplane : IImmediateBackplane
{
    /// <summary>The default capacity: 10,000 events.</summary>
    public const int DefaultCapacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<DataPlaneEnvelope> _events = new();
    private long _evicted;

    /// <summary>Initializes an empty backplane.</summary>
    /// <param name="capacity">The maximum number of events kept: at least 1. Default: 10,000.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1.</exception>
    public InMemoryDataBackplane(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
    }

    /// <summary>The maximum number of events kept.</summary>
    public int Capacity { get; }

    /// <summary>A snapshot of the events, oldest first.</summary>
    public IReadOnlyList<DataPlaneEnvelope> Events
    {
        get
        {
            lock (_lock)
            {
                return _events.ToArray();
            }
        }
    }

    /// <summary>The number of events evicted because the capacity was reached.</summary>
    public long EvictedCount => Interlocked.Read(ref _evicted);

    /// <summary>Removes all events. <see cref="EvictedCount"/> is not reset.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _events.Clear();
        }
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        Publish(envelope);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default)
    {
        var count = Events.Count;
        var evicted = EvictedCount;
        return ValueTask.FromResult(BackplaneHealth.Healthy(
            string.Create(CultureInfo.InvariantCulture, $"{count} of at most {Capacity} events in memory, {evicted} evicted."),
            new Dictionary<string, object> { ["events"] = count, ["capacity"] = Capacity, ["evicted"] = evicted }));
    }

    void IImmediateBackplane.Publish(DataPlaneEnvelope envelope) => Publish(envelope);

    private void Publish(DataPlaneEnvelope envelope)
    {
        lock (_lock)
        {
            if (_events.Count == Capacity)
            {
                _events.Dequeue();
                _evicted++;
            }

            _events.Enqueue(envelope);
        }
    }
}
