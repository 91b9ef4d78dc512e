namespace ExperimentFramework.DataPlane.Tests.Delivery;

public sealed class PerThreadCounterTests
{
    [Fact]
    public void No_count_of_any_thread_is_lost_when_it_ends_or_when_counters_are_added()
    {
        var first = new PerThreadCounter();
        var counters = new List<PerThreadCounter>();
        for (var round = 0; round < 20; round++)
        {
            counters.AddRange(Enumerable.Range(0, 5).Select(_ => new PerThreadCounter()));
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() => counters.ForEach(Count))).ToList();
            threads.ForEach(thread => thread.Start());
            Count(first);
            threads.ForEach(thread => thread.Join());
        }

        Assert.Equal(20_000, first.Value);
        Assert.Equal(counters.Select((_, i) => (20L - (i / 5)) * 4 * 1_000), counters.Select(counter => counter.Value));

        static void Count(PerThreadCounter counter)
        {
            for (var i = 0; i < 1_000; i++)
            {
                counter.Increment();
            }
        }
    }

    [Fact]
    public void More_threads_at_once_than_there_are_cells_lose_no_count()
    {
        const int Threads = 200;
        var counter = new PerThreadCounter();
        using var all = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            all.SignalAndWait();
            for (var i = 0; i < 1_000; i++)
            {
                counter.Increment();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(Threads * 1_000, counter.Value);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        var counter = new PerThreadCounter();
        for (var i = 0; i < 1_000; i++)
        {
            counter.Increment();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            counter.Increment();
        }

        Assert.Equal((0, 1_100), (GC.GetAllocatedBytesForCurrentThread() - before, counter.Value));
    }

    [Fact]
    public void The_counters_of_what_is_seldom_repeated_are_small()
    {
        var counter = new PerThreadCounter();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            counter.Increment();
        }

        Assert.Equal((0, 100), (GC.GetAllocatedBytesForCurrentThread() - before, counter.Value));
    }

    [Fact]
    public void The_rows_of_repeats_are_bounded_and_none_is_lost()
    {
        var ledger = new RepeatLedger();
        for (var i = 0; i < 10_500; i++)
        {
            ledger.CounterFor("flag", $"v{i}").Increment();
        }

        Assert.Equal(10_001, ledger.Counts.Count());
        Assert.Equal(500, ledger.Counts.Single(row => row is { Experiment: "(other)", Variant: "(other)" }).Count);
    }
}
