namespace ExperimentFramework.DataPlane;

/// <summary>
/// The bounded queue between callers and the worker: each thread writes to its own queue, and the capacity is shared by
/// all of them.
/// </summary>
internal sealed class RecordQueue : IDisposable
{
    private readonly ThreadLocal<RecordProducer> _producerOfThread;
    private readonly QueueCredits _credits;
    private readonly RecordSegmentPool _segments;
    private readonly RecordSequence _numbers;
    private readonly Lock _registration = new();
    private RecordProducer[] _producers = [];

    public RecordQueue(int capacity, int batchSize, RecordSequence numbers, AsyncAutoResetEvent wake)
    {
        _credits = new QueueCredits(capacity, batchSize);
        _segments = new RecordSegmentPool((capacity / RecordSegment.Size) + Environment.ProcessorCount);
        BatchFull = new BatchFullSignal(batchSize, wake);
        _numbers = numbers;
        _producerOfThread = new ThreadLocal<RecordProducer>(Register);
    }

    public int Capacity => _credits.Capacity;

    /// <summary>Whether all slots are in use or leased.</summary>
    public bool IsExhausted => _credits.Free <= 0;

    public BatchFullSignal BatchFull { get; }

    /// <summary>The per-thread queues.</summary>
    public RecordProducer[] Producers => Volatile.Read(ref _producers);

    /// <summary>The number of records that are waiting to be read.</summary>
    public long Pending
    {
        get
        {
            var pending = 0L;
            foreach (var producer in Producers)
            {
                // Read comes first: in the opposite order, a record that is read in between would count as minus one.
                var read = producer.Read;
                pending += producer.Committed - read;
            }

            return pending;
        }
    }

    /// <summary>Reserves a slot in the calling thread's queue, to be filled in and committed; null if the queue is full or closed.</summary>
    public RecordProducer? TryReserve()
    {
        try
        {
            // Null while Dispose is releasing the thread-local producers.
            return _producerOfThread.Value is { } producer && producer.TryReserve() ? producer : null;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Frees the slots of records that were read.</summary>
    public void GiveBack(int count) => _credits.GiveBack(count);

    /// <summary>For the reader: removes the queues of threads that have ended, once they are empty.</summary>
    public void RetireProducers()
    {
        foreach (var producer in Producers)
        {
            // In this order: a thread that has ended commits nothing more.
            if (producer.IsOwnerGone && producer.Committed == producer.Read)
            {
                Unregister(producer);
                producer.Retire();
            }
        }
    }

    /// <summary>
    /// Closes the queue for new records. Without it, every thread that ever wrote would keep the queue, and with it the whole pipeline, alive for as long as
    /// the thread lives.
    /// </summary>
    public void Dispose() => _producerOfThread.Dispose();

    private RecordProducer Register()
    {
        var producer = new RecordProducer(_credits, _segments, _numbers, BatchFull);
        lock (_registration)
        {
            Volatile.Write(ref _producers, [.. _producers, producer]);
        }

        return producer;
    }

    private void Unregister(RecordProducer producer)
    {
        lock (_registration)
        {
            Volatile.Write(ref _producers, [.. _producers.Where(other => other != producer)]);
        }
    }
}
