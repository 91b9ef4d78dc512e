using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Keeps the latest events in memory, for development and tests. Its events are there when the call that caused them
/// returns. Bounded: when it is full the oldest event goes out and is counted.
/// </summary>
public sealed class InMemoryDataBackplane : IImmediateBackplane
{
    /// <summary>How many events are kept unless the constructor is told otherwise.</summary>
    public const int DefaultCapacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<DataPlaneEnvelope> _events = new();
    private long _evicted;

    /// <summary>Creates an empty backplane.</summary>
    /// <param name="capacity">How many events are kept: at least 1. Default: 10,000.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1.</exception>
    public InMemoryDataBackplane(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
    }

    /// <summary>How many events are kept.</summary>
    public int Capacity { get; }

    /// <summary>The events kept, oldest first, as they are at the moment of the call.</summary>
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

    /// <summary>How many events went out because there was no room.</summary>
    public long EvictedCount => Interlocked.Read(ref _evicted);

    /// <summary>Forgets all events. <see cref="EvictedCount"/> stays.</summary>
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
