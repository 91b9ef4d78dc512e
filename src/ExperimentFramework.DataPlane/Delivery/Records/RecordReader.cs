namespace ExperimentFramework.DataPlane;

/// <summary>Reads the records of all threads in the order in which they were enqueued. Used by one thread at a time.</summary>
/// <remarks>
/// A record that was caused by another one is read after it, whichever threads wrote them: the clock is read first and
/// the ends of the threads' queues second, and only records that were enqueued before that time are read, oldest first. Whatever caused one of
/// these had been committed before the ends were read. Records that two threads enqueued in the same tick of the clock (100 ns) may be read in
/// either order.
/// </remarks>
internal sealed class RecordReader(RecordQueue queue, TimeProvider time)
{
    /// <summary>A record whose time is this much later than the clock was enqueued before the clock was set back.</summary>
    private const long ClockStep = TimeSpan.TicksPerSecond;

    private readonly List<RecordProducer> _active = [];
    private long _lastSweep;
    private long _cutoff;

    /// <summary>Handles one record.</summary>
    public delegate void Take(ref EventRecord record);

    /// <summary>Whether all records that were committed before <see cref="SetTarget"/> have been read.</summary>
    public bool HasReachedTarget => Array.TrueForAll(queue.Producers, static producer => producer.Read >= producer.Target);

    /// <summary>Marks all records that are committed now as the ones to read.</summary>
    public void SetTarget()
    {
        foreach (var producer in queue.Producers)
        {
            producer.Target = producer.Committed;
        }
    }

    /// <summary>Starts a sweep over the records that are there now. It may skip those that were enqueued at the very moment it started.</summary>
    public void Begin() => Begin(time.GetUtcNow().UtcTicks);

    /// <summary>Starts a sweep with a time that was read from the clock before.</summary>
    public void Begin(long now)
    {
        _cutoff = now;
        _active.Clear();
        var producers = queue.Producers;
        foreach (var producer in producers)
        {
            producer.SweepEnd = producer.Committed;
            if (producer.SweepEnd > producer.Read)
            {
                _active.Add(producer);
            }
        }

        if (_cutoff <= _lastSweep && Array.TrueForAll(producers, static producer => producer.SweepEnd == producer.Committed))
        {
            // A clock that does not advance, as a virtual one may not, or that was set back must not delay anything. The ends have not
            // changed in between, so every record that comes before one of these was seen.
            _lastSweep = _cutoff;
            _cutoff = long.MaxValue;
            return;
        }

        _lastSweep = _cutoff;
    }

    /// <summary>Reads records of the sweep. Their slots stay in use until they are given back.</summary>
    /// <param name="max">The maximum number of records to read.</param>
    /// <param name="take">Handles a record.</param>
    /// <returns>The number of records read; 0 at the end of the sweep.</returns>
    public int Read(int max, Take take)
    {
        var taken = 0;
        while (taken < max && _active.Count > 0)
        {
            var producer = TakeOldest(out var nextOldest);
            taken += ReadRun(producer, nextOldest, max - taken, take);
        }

        return taken;
    }

    /// <summary>Reads all records that are there, whatever their time.</summary>
    public void ReadAll(int max, Take take)
    {
        Begin(long.MaxValue);
        Read(max, take);
    }

    /// <summary>Removes the producer with the oldest record from the active ones.</summary>
    private RecordProducer TakeOldest(out long nextOldest)
    {
        var oldest = 0;
        var oldestTime = long.MaxValue;
        nextOldest = long.MaxValue;
        for (var i = 0; i < _active.Count; i++)
        {
            var enqueuedAt = _active[i].Oldest.EnqueuedAt;
            if (enqueuedAt < oldestTime)
            {
                nextOldest = oldestTime;
                (oldest, oldestTime) = (i, enqueuedAt);
            }
            else if (enqueuedAt < nextOldest)
            {
                nextOldest = enqueuedAt;
            }
        }

        var producer = _active[oldest];
        _active[oldest] = _active[^1];
        _active.RemoveAt(_active.Count - 1);
        return producer;
    }

    /// <summary>Reads from one producer until another one has an older record, and then returns it to the active ones.</summary>
    private int ReadRun(RecordProducer producer, long nextOldest, int max, Take take)
    {
        var taken = 0;
        while (producer.Read < producer.SweepEnd)
        {
            ref var record = ref producer.Oldest;
            if (record.EnqueuedAt >= _cutoff && record.EnqueuedAt - _cutoff < ClockStep)
            {
                return taken;
            }

            if (record.EnqueuedAt > nextOldest || taken == max)
            {
                _active.Add(producer);
                return taken;
            }

            take(ref record);
            producer.Advance();
            taken++;
        }

        return taken;
    }
}
