namespace ExperimentFramework.DataPlane;

/// <summary>
/// A counter for calls that do nothing else: each thread adds to a cell of its own, without a lock or an interlocked instruction, and no count is lost. Reading it
/// adds the cells of all threads.
/// </summary>
internal sealed class PerThreadCounter
{
    private const int FirstCells = 16;

    private static readonly Lock Registry = new();
    private static readonly List<Cells> Threads = [];

    /// <summary>The counts of threads that have ended.</summary>
    private static long[] ended = new long[FirstCells];
    private static int count;

    /// <summary>The calling thread's cells, for the fast path.</summary>
    [ThreadStatic]
    private static long[]? countsOfThread;

    [ThreadStatic]
    private static Cells? ofThread;

    private readonly int _index = Interlocked.Increment(ref count) - 1;

    /// <summary>The number of increments by all threads.</summary>
    public long Value
    {
        get
        {
            lock (Registry)
            {
                CollectEnded();
                return At(ended) + Threads.Sum(thread => At(Volatile.Read(ref thread.Counts)));
            }
        }
    }

    public void Increment()
    {
        var (counts, index) = (countsOfThread, _index);
        if (counts is not null && (uint)index < (uint)counts.Length)
        {
            counts[index]++;
        }
        else
        {
            Grow()[_index]++;
        }
    }

    private long At(long[] counts) => _index < counts.Length ? Volatile.Read(ref counts[_index]) : 0;

    /// <summary>Makes room in the calling thread's cells. No other thread writes them, so copying them loses nothing.</summary>
    private long[] Grow()
    {
        lock (Registry)
        {
            if (ofThread is null)
            {
                CollectEnded();
                Threads.Add(ofThread = new Cells());
            }

            var grown = new long[Math.Max(_index + 1, ofThread.Counts.Length * 2)];
            ofThread.Counts.CopyTo(grown, 0);
            Volatile.Write(ref ofThread.Counts, grown);
            countsOfThread = grown;
            return grown;
        }
    }

    /// <summary>Adds up the cells of threads that have ended, and forgets them.</summary>
    private static void CollectEnded()
    {
        foreach (var thread in Threads.Where(thread => !thread.Owner.IsAlive).ToArray())
        {
            if (thread.Counts.Length > ended.Length)
            {
                Array.Resize(ref ended, thread.Counts.Length);
            }

            for (var i = 0; i < thread.Counts.Length; i++)
            {
                ended[i] += thread.Counts[i];
            }

            Threads.Remove(thread);
        }
    }

    /// <summary>The cells of one thread, one for each counter of the process.</summary>
    private sealed class Cells
    {
        public Thread Owner { get; } = Thread.CurrentThread;

        public long[] Counts = new long[FirstCells];
    }
}
