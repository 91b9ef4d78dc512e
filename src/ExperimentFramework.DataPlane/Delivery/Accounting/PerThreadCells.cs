namespace ExperimentFramework.DataPlane;

/// <summary>The cells of counters: each thread writes cells of its own, and reading a counter adds those of all threads.</summary>
#pragma warning disable CA1001 // Never disposed, because calls may be counted after the pipeline has ended. The finalizer of ThreadLocal frees what it holds.
internal sealed class PerThreadCells
#pragma warning restore CA1001
{
    private const int FirstCells = 16;

    private readonly Lock _lock = new();
    private readonly List<Cells> _threads = [];

    private readonly ThreadLocal<Cells> _ofThread;
    private long[] _ended = new long[FirstCells];
    private int _count;

    public PerThreadCells() => _ofThread = new ThreadLocal<Cells>(Register);

    /// <summary>The calling thread's cells.</summary>
    public Cells OfThread => _ofThread.Value!;

    /// <summary>Reserves a cell of each thread for a counter, and returns its index.</summary>
    public int Reserve() => Interlocked.Increment(ref _count) - 1;

    /// <summary>Returns the sum of a counter's cells.</summary>
    public long Sum(int index)
    {
        lock (_lock)
        {
            CollectEnded();
            return At(_ended, index) + _threads.Sum(thread => At(Volatile.Read(ref thread.Counts), index));
        }
    }

    /// <summary>Makes room in the calling thread's cells. No other thread writes them, so copying them loses nothing.</summary>
    public long[] Grow(Cells own, int index)
    {
        lock (_lock)
        {
            var grown = new long[Math.Max(index + 1, own.Counts.Length * 2)];
            own.Counts.CopyTo(grown, 0);
            Volatile.Write(ref own.Counts, grown);
            return grown;
        }
    }

    private static long At(long[] counts, int index) => index < counts.Length ? Volatile.Read(ref counts[index]) : 0;

    private Cells Register()
    {
        lock (_lock)
        {
            CollectEnded();
            var added = new Cells();
            _threads.Add(added);
            return added;
        }
    }

    /// <summary>Adds up the cells of threads that have ended, and forgets them.</summary>
    private void CollectEnded()
    {
        foreach (var thread in _threads.Where(thread => !thread.Owner.IsAlive).ToArray())
        {
            if (thread.Counts.Length > _ended.Length)
            {
                Array.Resize(ref _ended, thread.Counts.Length);
            }

            for (var i = 0; i < thread.Counts.Length; i++)
            {
                _ended[i] += thread.Counts[i];
            }

            _threads.Remove(thread);
        }
    }

    /// <summary>The cells of one thread, one for each counter.</summary>
    internal sealed class Cells
    {
        public Thread Owner { get; } = Thread.CurrentThread;

        public long[] Counts = new long[FirstCells];
    }
}
