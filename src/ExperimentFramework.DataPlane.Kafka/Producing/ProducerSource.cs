using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The producer in use. One that has failed fatally, or that holds events of an abandoned batch, is replaced.</summary>
/// <param name="create">Creates a producer.</param>
internal sealed class ProducerSource(Func<IProducer<byte[]?, byte[]>> create) : IAsyncDisposable
{
    private SharedProducer? _current = new(create());
    private Task _retired = Task.CompletedTask;
    private int _created = 1;
    private volatile bool _isDisposed;

    /// <summary>The number of producers that have been created.</summary>
    public int Created => Volatile.Read(ref _created);

    /// <summary>Begins a use of the producer, which is a new one if the last one was retired. The caller ends it with <see cref="SharedProducer.Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">The destination was disposed.</exception>
    public SharedProducer Use()
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (Volatile.Read(ref _current) is not { } current)
            {
                current = Replace();
            }

            if (current.TryUse())
            {
                return current;
            }
        }
    }

    /// <summary>Takes a producer out of use. It ends after the calls in progress.</summary>
    /// <returns>False if it was no longer in use.</returns>
    public bool Retire(SharedProducer producer)
    {
        if (Interlocked.CompareExchange(ref _current, null, producer) != producer)
        {
            return false;
        }

        _retired = Task.WhenAll(_retired, producer.Ended);
        producer.Release();
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

    private SharedProducer Replace()
    {
        var created = new SharedProducer(create());
        if (Interlocked.CompareExchange(ref _current, created, null) is { } other)
        {
            created.Release();
            return other;
        }

        Interlocked.Increment(ref _created);
        if (_isDisposed)
        {
            Retire(created);
        }

        return created;
    }
}
