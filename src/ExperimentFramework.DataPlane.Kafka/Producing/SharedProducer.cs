using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>A producer that is disposed after the last call that uses it: the native client must not be called while it ends, nor afterwards.</summary>
internal sealed class SharedProducer(IProducer<byte[]?, byte[]> client)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The calls in progress, and one for the destination.</summary>
    private int _uses = 1;

    public IProducer<byte[]?, byte[]> Client => client;

    /// <summary>Completes when the producer was disposed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins a use.</summary>
    /// <returns>False if the producer has ended, or is ending.</returns>
    public bool TryUse()
    {
        for (var uses = Volatile.Read(ref _uses); uses > 0;)
        {
            if (Interlocked.CompareExchange(ref _uses, uses + 1, uses) is var found && found == uses)
            {
                return true;
            }

            uses = found;
        }

        return false;
    }

    /// <summary>Ends a use, and with the last one the producer and the events that it still holds.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _uses) > 0)
        {
            return;
        }

        // Its disposal waits for its threads.
        BackgroundWork.Run(() =>
        {
            try
            {
                client.Dispose();
            }
            finally
            {
                _ended.SetResult();
            }

            return Task.CompletedTask;
        });
    }
}
