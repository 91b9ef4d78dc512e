namespace ExperimentFramework.DataPlane;

/// <summary>Reads the records of all threads in the order in which they were noted. For one thread at a time.</summary>
/// <remarks>
/// A record that was written because of another one is read after it, whichever threads wrote them: the clock is read first and
/// the ends of the threads' queues then, and only what was noted before that time is read, oldest first. Whatever caused one of
/// these had been committed before the ends were read. Records that two threads noted in one tick of the clock (100 ns) may come in
/// either order.
/// </remarks>
internal sealed class RecordReader(RecordQueue queue, TimeProvider time)
{
    /// <summary>A record that was noted this much later than the clock says was noted before the clock was set back.</summary>
    private const long ClockStep = TimeSpan.TicksPerSecond;

    private readonly List<RecordProducer> _active = [];
    private long _lastSweep;
    private long _cutoff;

    /// <summary>Takes one record.</summary>
    public delegate void Take(ref EventRecord record);

    /// <summary>Whether everything has been read that was committed before <see cref="Aim"/>.</summary>
    public bool HasReachedAim => Array.TrueForAll(queue.Producers, static producer => producer.Read >= producer.Aim);

    /// <summary>Sets out to read what is committed now.</summary>
    public void Aim()
    {
        foreach (var producer in queue.Producers)
        {
            producer.Aim = producer.Committed;
        }
    }

    /// <summary>Begins a sweep over what is there now. It may leave what was noted at the very moment it began.</summary>
    public void Begin() => Begin(time.GetUtcNow().UtcTicks);

    /// <summary>Begins a sweep, with a time that was read from the clock before.</summary>
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
            // A clock that stands still, as a virtual one does, or was set back cannot hold anything up. The ends have been the
            // same for a moment, so no record has one before it that was not seen.
            _lastSweep = _cutoff;
            _cutoff = long.MaxValue;
            return;
        }

        _lastSweep = _cutoff;
    }

    /// <summary>Reads records of the sweep; their places are taken until they are given back.</summary>
    /// <param name="max">How many are read at most.</param>
    /// <param name="take">Takes a record.</param>
    /// <returns>How many were read; 0 at the end of the sweep.</returns>
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

    /// <summary>Reads what is there, whenever it was noted.</summary>
    /// <returns>How many were read; 0 where nothing is left.</returns>
    public int ReadAll(int max, Take take)
    {
        Begin(long.MaxValue);
        return Read(max, take);
    }

    /// <summary>Takes the producer with the oldest record out of the active ones.</summary>
    private RecordProducer TakeOldest(out long nextOldest)
    {
        var oldest = 0;
        var oldestTime = long.MaxValue;
        nextOldest = long.MaxValue;
        for (var i = 0; i < _active.Count; i++)
        {
            var notedAt = _active[i].Oldest.EnqueuedAt;
            if (notedAt < oldestTime)
            {
                nextOldest = oldestTime;
                (oldest, oldestTime) = (i, notedAt);
            }
            else if (notedAt < nextOldest)
            {
                nextOldest = notedAt;
            }
        }

        var producer = _active[oldest];
        _active[oldest] = _active[^1];
        _active.RemoveAt(_active.Count - 1);
        return producer;
    }

    /// <summary>Reads from one producer until another has an older record, and puts it back among the active ones then.</summary>
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
