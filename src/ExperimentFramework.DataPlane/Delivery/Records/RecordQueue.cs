namespace ExperimentFramework.DataPlane;

/// <summary>
/// The bounded queue between callers and the worker: each thread writes a queue of its own, and the places are counted for
/// all together.
/// </summary>
internal sealed class RecordQueue : IDisposable
{
    private readonly ThreadLocal<RecordProducer> _own;
    private readonly QueueCredits _credits;
    private readonly RecordSegmentPool _segments;
    private readonly RecordSequence _numbers;
    private readonly Lock _registration = new();
    private RecordProducer[] _producers = [];

    public RecordQueue(int capacity, int batchSize, RecordSequence numbers, AsyncAutoResetEvent wake)
    {
        _credits = new QueueCredits(capacity, batchSize);
        _segments = new RecordSegmentPool((capacity / RecordSegment.Size) + Environment.ProcessorCount);
        Watch = new BatchFullSignal(batchSize, wake);
        _numbers = numbers;
        _own = new ThreadLocal<RecordProducer>(Register);
    }

    public int Capacity => _credits.Capacity;

    /// <summary>Whether every place is taken or leased.</summary>
    public bool IsExhausted => _credits.Free <= 0;

    public BatchFullSignal Watch { get; }

    /// <summary>The queues of all threads.</summary>
    public RecordProducer[] Producers => Volatile.Read(ref _producers);

    /// <summary>How many records wait to be read.</summary>
    public long Pending
    {
        get
        {
            var pending = 0L;
            foreach (var producer in Producers)
            {
                // Read first: the other way round a record that is read in between would count as minus one.
                var read = producer.Read;
                pending += producer.Committed - read;
            }

            return pending;
        }
    }

    /// <summary>A place in the calling thread's own queue, to be filled in and committed; null where there is no room, and after the end.</summary>
    public RecordProducer? TryReserve()
    {
        try
        {
            // Null in the moment of the end, which takes from all threads what they hold.
            return _own.Value is { } producer && producer.TryReserve() ? producer : null;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Frees the places of records that were read.</summary>
    public void GiveBack(int count) => _credits.GiveBack(count);

    /// <summary>For the reader: forgets the queues of threads that are gone, once they are read.</summary>
    public void RetireProducers()
    {
        foreach (var producer in Producers)
        {
            // In this order: a thread that is gone commits nothing more.
            if (producer.IsOwnerGone && producer.Committed == producer.Read)
            {
                Forget(producer);
                producer.Retire();
            }
        }
    }

    /// <summary>
    /// Gives out no more places. Without it every thread that ever wrote would hold the queue, and with it the whole pipeline, for as long as
    /// the thread lives.
    /// </summary>
    public void Dispose() => _own.Dispose();

    private RecordProducer Register()
    {
        var producer = new RecordProducer(_credits, _segments, _numbers, Watch);
        lock (_registration)
        {
            Volatile.Write(ref _producers, [.. _producers, producer]);
        }

        return producer;
    }

    private void Forget(RecordProducer producer)
    {
        lock (_registration)
        {
            Volatile.Write(ref _producers, [.. _producers.Where(other => other != producer)]);
        }
    }
}
