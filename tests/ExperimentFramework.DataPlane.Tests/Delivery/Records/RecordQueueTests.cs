using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>The callers' queue: bounded over all threads, exact, in order, and free of allocations.</summary>
public sealed class RecordQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public void One_thread_fills_every_place_and_none_more(int capacity)
    {
        var queue = Queue(capacity);

        Assert.Equal(capacity, Fill(queue));
        Assert.Equal(capacity, queue.Pending);
        Assert.True(queue.IsExhausted);
    }

    [Fact]
    public void Many_threads_together_never_have_more_places_than_there_are_and_leave_few_unused()
    {
        const int Capacity = 20_000;
        const int Threads = 8;
        var queue = Queue(Capacity);
        var reader = new RecordReader(queue, TimeProvider.System);
        for (var round = 0; round < 20; round++)
        {
            var taken = 0;
            InParallel(Threads, _ => Interlocked.Add(ref taken, Fill(queue)));

            Assert.InRange(taken, Capacity - (Threads * 64 * (round + 1)), Capacity);
            Assert.Equal(taken, queue.Pending);
            Assert.Equal(taken, ReadAll(queue, reader, (ref _) => { }));
            queue.RetireProducers();
        }

        Assert.Empty(queue.Producers);
        Assert.Equal(Capacity, Fill(queue));
    }

    [Fact]
    public void A_thread_that_is_gone_gives_back_what_it_held()
    {
        var queue = Queue(1_024);
        var reader = new RecordReader(queue, TimeProvider.System);
        for (var i = 0; i < 200; i++)
        {
            InParallel(1, _ => Assert.True(TryWrite(queue, i)));
        }

        Assert.Equal(200, ReadAll(queue, reader, (ref _) => { }));
        queue.RetireProducers();

        Assert.Empty(queue.Producers);
        Assert.Equal(1_024, Fill(queue));
    }

    [Fact]
    public void What_a_thread_wrote_before_it_ended_is_still_read()
    {
        var queue = Queue(1_024);
        var reader = new RecordReader(queue, TimeProvider.System);
        InParallel(1, _ => Assert.Equal(3, Enumerable.Range(0, 3).Count(number => TryWrite(queue, number))));

        queue.RetireProducers();

        Assert.Equal(3, queue.Pending);
        Assert.Equal(3, ReadAll(queue, reader, (ref _) => { }));
        queue.RetireProducers();
        Assert.Empty(queue.Producers);
    }

    [Fact]
    public void A_record_that_was_written_because_of_another_one_is_read_after_it()
    {
        const int Turns = 20_000;
        var queue = Queue(100_000);
        var reader = new RecordReader(queue, TimeProvider.System);
        var turn = 0;
        var read = new List<long>(Turns);
        var writers = Enumerable.Range(0, 2).Select(who => new Thread(() =>
        {
            for (var next = who; next < Turns; next += 2)
            {
                while (Volatile.Read(ref turn) != next || !TryWrite(queue, next))
                {
                    Thread.Yield();
                }

                // Between threads there is no earlier and later within one tick of the clock.
                var written = TimeProvider.System.GetUtcNow();
                while (TimeProvider.System.GetUtcNow() <= written)
                {
                }

                Volatile.Write(ref turn, next + 1);
            }
        })).ToArray();
        Array.ForEach(writers, writer => writer.Start());
        while (read.Count < Turns)
        {
            reader.Begin();
            while (reader.Read(64, (ref record) => read.Add(record.Number)) is var count and > 0)
            {
                queue.GiveBack(count);
            }
        }

        Array.ForEach(writers, writer => writer.Join());
        Assert.Equal(Enumerable.Range(0, Turns).Select(number => (long)number), read);
    }

    [Fact]
    public void A_clock_that_stands_still_or_is_set_back_holds_nothing_up()
    {
        var time = new SettableClock { Now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero) };
        var queue = Queue(100);
        var reader = new RecordReader(queue, time);
        var read = new List<long>();

        Write(1);
        ReadTwice();
        Write(2);
        ReadTwice();
        Assert.Equal([1, 2], read);

        Write(3);
        time.Now -= TimeSpan.FromHours(1);
        ReadTwice();
        time.Now += TimeSpan.FromSeconds(5);
        Write(4);
        queue.TryReserve()!.Reserved.EnqueuedAt = (time.Now + TimeSpan.FromHours(1)).UtcTicks;
        queue.TryReserve()!.Commit(5);
        ReadTwice();
        Assert.Equal([1, 2, 3, 4, 5], read);

        void Write(long number)
        {
            var producer = queue.TryReserve()!;
            producer.Reserved.EnqueuedAt = time.Now.UtcTicks;
            producer.Commit(number);
        }

        void ReadTwice()
        {
            ReadAll(queue, reader, (ref record) => read.Add(record.Number));
        }
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    public void A_record_that_is_a_second_ahead_of_the_clock_is_from_before_it_was_set_back_and_is_read(long ticks, int expected)
    {
        var queue = Queue(100);
        var reader = new RecordReader(queue, TimeProvider.System);
        var now = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc).Ticks;
        var producer = queue.TryReserve()!;
        producer.Reserved.EnqueuedAt = now + TimeSpan.TicksPerSecond + ticks;
        producer.Commit(1);

        reader.Begin(now);

        Assert.Equal(expected, reader.Read(10, static (ref _) => { }));
    }

    [Fact]
    public void Writing_allocates_nothing_once_it_has_warmed_up()
    {
        var queue = Queue(10_000);
        var reader = new RecordReader(queue, new FakeTimeProvider());
        Burst();
        Burst();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Burst();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Burst()
        {
            for (var i = 0; i < 2_000; i++)
            {
                TryWrite(queue, i);
            }

            ReadAll(queue, reader, static (ref _) => { });
        }
    }

    [Fact]
    public void Numbers_are_never_given_twice()
    {
        var queue = Queue(100_000);
        var numbers = new List<long>[8];
        InParallel(numbers.Length, who => numbers[who] = [.. Enumerable.Range(0, 5_000).Select(_ => queue.TryReserve()!.Commit())]);

        Assert.Equal(40_000, numbers.SelectMany(own => own).Distinct().Count());
        Assert.DoesNotContain(0, numbers.SelectMany(own => own));
    }

    private static RecordQueue Queue(int capacity) => new(capacity, Math.Min(capacity, 500), new RecordSequence(), new AsyncAutoResetEvent());

    private static int Fill(RecordQueue queue)
    {
        var taken = 0;
        while (TryWrite(queue, taken))
        {
            taken++;
        }

        return taken;
    }

    private static bool TryWrite(RecordQueue queue, long number)
    {
        if (queue.TryReserve() is not { } producer)
        {
            return false;
        }

        producer.Reserved.EnqueuedAt = TimeProvider.System.GetUtcNow().UtcTicks;
        producer.Commit(number);
        return true;
    }

    private static int ReadAll(RecordQueue queue, RecordReader reader, RecordReader.Take take)
    {
        var all = 0;
        reader.SetTarget();
        while (!reader.HasReachedTarget)
        {
            reader.Begin();
            while (reader.Read(100, take) is var count and > 0)
            {
                all += count;
                queue.GiveBack(count);
            }
        }

        return all;
    }

    private static void InParallel(int threads, Action<int> work)
    {
        var all = Enumerable.Range(0, threads).Select(who => new Thread(() => work(who))).ToArray();
        Array.ForEach(all, thread => thread.Start());
        Array.ForEach(all, thread => thread.Join());
    }

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
