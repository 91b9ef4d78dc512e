using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>A batch goes with the event that fills it: not before, and without waiting for the interval or for another event.</summary>
public sealed class BatchFullTests : IDisposable
{
    private const int BatchSize = 8;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RecordingBackplane _backplane = new();
    private DataPlaneFixture? _lab;

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void The_commit_that_fills_a_batch_wakes_the_worker_also_where_its_slot_was_reserved_earlier(int committed)
    {
        // A thread reserves two slots at a time: with the seventh event all slots of the batch are reserved. The worker looks, and it is not full.
        Open(capacity: 1_000, BatchSize);
        for (var i = 0; i < committed; i++)
        {
            Reserve().Commit();
        }

        var next = Reserve();
        for (var i = committed; i < BatchSize; i++)
        {
            Rest();
            Assert.Empty(_backplane.Events);
            (i == committed ? next : Reserve()).Commit();
        }

        Await(BatchSize);
    }

    [Fact]
    public void What_fills_no_batch_waits_for_the_interval_and_what_comes_after_it_for_the_next_one()
    {
        Open(capacity: 1_000, BatchSize);
        for (var i = 0; i < BatchSize - 1; i++)
        {
            Reserve().Commit();
        }

        _lab!.Time.Advance(FlushInterval - TimeSpan.FromTicks(1));
        Rest();
        Assert.Empty(_backplane.Events);
        _lab.Time.Advance(TimeSpan.FromTicks(1));
        Await(BatchSize - 1);

        Rest();
        for (var i = 0; i < BatchSize - 1; i++)
        {
            Reserve().Commit();
        }

        var last = Reserve();
        Rest();
        Assert.Equal(BatchSize - 1, _backplane.Events.Count);
        last.Commit();
        Await((2 * BatchSize) - 1);
    }

    [Fact]
    public void A_queue_whose_slots_are_held_by_threads_that_do_not_use_them_does_not_wait_for_a_full_batch()
    {
        // A thread reserves two slots at a time, and each writes one event: all slots are taken with half a batch.
        const int Threads = 256;
        Open(capacity: 2 * Threads, batchSize: 2 * Threads);
        for (var i = 0; i < Threads; i++)
        {
            var thread = new Thread(() => Reserve().Commit());
            thread.Start();
            thread.Join();
        }

        // The last one may still be on its way into the queue when the worker looks.
        Await(Threads - 1);
        Rest();
        for (var i = 0; i < Threads / 2; i++)
        {
            Reserve().Commit();
        }
    }

    public void Dispose() => _lab?.Services.Dispose();

    private void Open(int capacity, int batchSize)
    {
        _lab = DataPlaneFixture.Bare(
            options => (options.MaxQueueSize, options.BatchSize, options.FlushInterval, options.EnableErrorEvents) = (capacity, batchSize, FlushInterval, false),
            services => services.AddSingleton<IDataBackplane>(_backplane));
        _ = _lab.Get<EventPublisher>();
        Rest();
    }

    private void Await(int events) => Assert.True(SpinWait.SpinUntil(() => _backplane.Events.Count >= events, Patience));

    /// <summary>Waits until the workers have done what they were woken for.</summary>
    private void Rest() => Assert.True(SpinWait.SpinUntil(() => _lab!.Get<DeliveryPipeline>().IsResting, Patience));

    private RecordProducer Reserve()
    {
        var producer = _lab!.Get<EventPublisher>().TryReserve();
        Assert.NotNull(producer);
        producer.Reserved = new PrebuiltEvents(_lab.Get<DropLedger>()).RecordOf(SampleEvents.Exposure, null, _lab.Time.GetUtcNow().UtcTicks);
        return producer;
    }
}
