using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The producer in use. One that has failed fatally, or that holds events of an abandoned batch, is replaced.</summary>
/// <param name="create">Creates a producer.</param>
internal sealed class ProducerSource(Func<IProducer<byte[]?, byte[]>> create) : IAsyncDisposable
{
    private IProducer<byte[]?, byte[]>? _current = create();
    private Task _retired = Task.CompletedTask;
    private int _created = 1;
    private volatile bool _isDisposed;

    /// <summary>The number of producers that have been created.</summary>
    public int Created => Volatile.Read(ref _created);

    /// <summary>Returns the producer, a new one if the last one was retired.</summary>
    /// <exception cref="ObjectDisposedException">The destination was disposed.</exception>
    public IProducer<byte[]?, byte[]> Get()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Volatile.Read(ref _current) is { } current)
        {
            return current;
        }

        var created = create();
        if (Interlocked.CompareExchange(ref _current, created, null) is { } other)
        {
            created.Dispose();
            return other;
        }

        Interlocked.Increment(ref _created);
        if (_isDisposed)
        {
            Retire(created);
            throw new ObjectDisposedException(nameof(ProducerSource));
        }

        return created;
    }

    /// <summary>Ends a producer, and with it the events that it still holds.</summary>
    /// <returns>False if it was not in use any more.</returns>
    public bool Retire(IProducer<byte[]?, byte[]> producer)
    {
        if (Interlocked.CompareExchange(ref _current, null, producer) != producer)
        {
            return false;
        }

        // Its disposal waits for its threads.
        var ended = BackgroundWork.Run(() =>
        {
            producer.Dispose();
            return Task.CompletedTask;
        });
        _retired = Task.WhenAll(_retired, ended);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        if (Volatile.Read(ref _current) is { } current)
        {
            Retire(current);
        }

        await _retired.ConfigureAwait(false);
    }
}
