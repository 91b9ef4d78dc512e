using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>The small parts of the pipeline, each by its own promise.</summary>
public sealed class PipelinePartsTests
{
    private static readonly BackplaneHealth Healthy = BackplaneHealth.Healthy("1 destination.");

    [Theory]
    [InlineData(79, 100, false)]
    [InlineData(80, 100, true)]
    [InlineData(3, 5, false)]
    [InlineData(4, 5, true)]
    public void The_callers_queue_is_degraded_from_four_fifths_on(int queued, int capacity, bool isDegraded)
    {
        var health = PipelineHealth.GetHealth(Healthy, queued, capacity, hasRecentLoss: false, degradedReason: null);

        Assert.Equal(isDegraded, health.IsDegraded);
        Assert.Equal((long)queued, health.Diagnostics["queued"]);
        Assert.Equal(capacity, health.Diagnostics["queue_capacity"]);
    }

    [Fact]
    public void A_loss_in_front_of_all_destinations_is_shown_before_trouble_and_trouble_before_a_full_queue()
    {
        Assert.StartsWith("Events are being lost", PipelineHealth.GetHealth(Healthy, 100, 100, hasRecentLoss: true, "trouble").Description, StringComparison.Ordinal);
        Assert.Equal("trouble", PipelineHealth.GetHealth(Healthy, 100, 100, hasRecentLoss: false, "trouble").Description);
        Assert.Equal("trouble slow", PipelineHealth.GetHealth(BackplaneHealth.Degraded("slow"), 0, 100, hasRecentLoss: false, "trouble").Description);
        Assert.Equal("down", PipelineHealth.GetHealth(BackplaneHealth.Unhealthy("down"), 100, 100, hasRecentLoss: false, "trouble").Description);
    }

    [Fact]
    public void The_ledger_keeps_ten_thousand_rows_of_their_own()
    {
        var drops = new DropLedger();
        for (var i = 0; i < 10_001; i++)
        {
            drops.CounterFor(new(FormattableString.Invariant($"e{i}"), "b", DataPlaneEventType.Exposure), DropReasons.QueueFull).Increment();
        }

        Dictionary<string, object> rows = [];
        drops.Describe(rows);
        Assert.Equal(1L, rows["dropped:e9999/b/Exposure/queue_full"]);
        Assert.Equal(1L, rows["dropped:(other)/(other)/Exposure/queue_full"]);
        Assert.Equal(10_001, rows.Count);

        // A row that is there is still counted as its own.
        drops.CounterFor(new("e0", "b", DataPlaneEventType.Exposure), DropReasons.QueueFull).Increment();
        Assert.Equal(10_002, drops.Lost);
        drops.Describe(rows);
        Assert.Equal(2L, rows["dropped:e0/b/Exposure/queue_full"]);
    }

    [Fact]
    public void Events_are_counted_by_category_and_those_of_unknown_ones_together()
    {
        var counts = new EventTypeCounts();
        var known = Enum.GetValues<DataPlaneEventType>();
        Array.ForEach(known, category => counts.Add(category, (long)category + 1));
        counts.Add(known.Max() + 1, 20);
        counts.Add((DataPlaneEventType)(-1), 3);

        Assert.Equal(
            [.. known.Select(category => (category, (long)category + 1)), ((DataPlaneEventType)(-1), 23)],
            counts.Counts);
        Assert.Equal(known.Sum(category => (long)category + 1) + 23, counts.Counts.Sum(count => count.Count));
    }

    [Fact]
    public void Instruments_have_a_unit_and_a_description()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        ConcurrentBag<Instrument> published = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory))
            {
                published.Add(instrument);
            }
        };
        listener.Start();

        using var metrics = new DeliveryMetrics(new DropLedger(), factory);

        Assert.Equal(9, published.Count);
        Assert.All(published, instrument =>
        {
            Assert.Equal(instrument.Name switch { "dataplane.batch.duration" => "s", "dataplane.destination.state" => null, _ => "{event}" }, instrument.Unit);
            Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Records_are_numbered_from_one_and_without_a_gap()
    {
        var numbers = new RecordSequence();

        Assert.Equal([1L, 2L, 5L], [numbers.Reserve(1), numbers.Reserve(3), numbers.Reserve(1)]);
    }

    [Fact]
    public void Commits_signal_while_the_reader_asks_for_it_and_for_ever_after_the_end()
    {
        var watch = new BatchFullSignal(10, new AsyncAutoResetEvent());
        Assert.False(watch.IsArmed);
        watch.Arm();
        Assert.True(watch.IsArmed);
        watch.Disarm();
        Assert.False(watch.IsArmed);

        var committed = 0;
        watch.Close(() => committed++);
        watch.Disarm();
        Assert.True(watch.IsArmed);
        watch.Committed();
        Assert.Equal(1, committed);
    }

    [Fact]
    public void What_is_lost_in_front_of_all_destinations_is_a_loss_and_at_the_end_it_is_logged_once()
    {
        var (time, ledger, logger) = (new FakeTimeProvider(), new DropLedger(), new FakeLogger());
        var quiet = NonThrowingLogger.Of(logger);
        var drops = new DropRecorder(ledger, new LossDetector("pipeline", ledger, time, quiet), quiet);
        var record = new PrebuiltEvents(ledger).RecordOf(SampleEvents.Exposure, null, 0);

        drops.Drop(record, DropReasons.QueueFull);
        Assert.True(drops.Losses.HasRecentLoss);
        drops.LogLostAtEnd();
        Assert.Equal(0, logger.Collector.Count);

        drops.Drop(record, DropReasons.Shutdown);
        drops.LogLostAtEnd();
        drops.LogLostAtEnd();
        Assert.StartsWith("The pipeline ended with 1 events", Assert.Single(logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
        Assert.Equal(2, ledger.Lost);
    }

    [Fact]
    public void A_batch_that_fails_is_never_the_last_attempt_of_its_first_event()
    {
        var attempts = new RetryPlanner(batchSize: 10, maxAttempts: 1);
        Assert.Equal((0, 5), attempts.Next(5));
        Assert.Equal(RetryPlanner.RetryDecision.Wait, attempts.Evaluate(tried: 5, left: 5, delivered: 0, available: 5));
        Assert.Equal((0, 1), attempts.Next(5));
    }

    [Fact]
    public void Where_the_second_event_is_gone_the_first_is_tried()
    {
        var attempts = new RetryPlanner(batchSize: 1, maxAttempts: 1);
        Assert.Equal(RetryPlanner.RetryDecision.Continue, attempts.Evaluate(tried: 1, left: 1, delivered: 0, available: 2));
        Assert.Equal((1, 1), attempts.Next(2));
        Assert.Equal((0, 1), attempts.Next(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_whose_loop_throws_ends_and_not_the_process()
    {
        var worker = WorkerThread.Start("test", _ => throw new FormatException());

        await worker.Ended.WaitAsync(TestContext.Current.CancellationToken);

        Assert.True(worker.IsResting);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Detached_work_does_not_carry_on_the_async_locals_of_whoever_starts_it(bool isSuppressed)
    {
        var local = new AsyncLocal<string?> { Value = "caller" };
        string? seen = "nothing";
        Task work;
        using (isSuppressed ? ExecutionContext.SuppressFlow() : default(IDisposable?))
        {
            work = BackgroundWork.Run(() =>
            {
                seen = local.Value;
                return Task.CompletedTask;
            });
        }

        await work;
        Assert.Null(seen);
        Assert.Equal("caller", local.Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_turn_that_is_not_used_goes_to_the_next_in_line()
    {
        var waiters = new BackpressureGate(1, TimeSpan.FromHours(1), new FakeTimeProvider());
        Assert.True(waiters.TryEnter());
        Assert.True(waiters.TryEnter());
        var hasRoom = false;
        Task<bool>? second = null;

        // The first in line finds room by itself in the moment in which its turn comes.
        var first = waiters.WaitAsync(
            () =>
            {
                second ??= waiters.WaitAsync(() => hasRoom, TestContext.Current.CancellationToken);
                hasRoom = true;
                waiters.Release(1);
                return true;
            },
            TestContext.Current.CancellationToken);

        Assert.True(await first);
        Assert.True(await second!.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, waiters.Waiting);
    }

    [Fact]
    public void Only_a_w3c_activity_gives_trace_and_span_id()
    {
        using var activity = new Activity("old").SetIdFormat(ActivityIdFormat.Hierarchical).Start();
        using var w3C = new Activity("new").SetIdFormat(ActivityIdFormat.W3C).Start();

        Assert.Equal((null, null), Ids(activity));
        Assert.Equal((w3C.TraceId.ToHexString(), w3C.SpanId.ToHexString()), Ids(w3C));
        Assert.Equal((null, null), Ids(null));

        static (string?, string?) Ids(Activity? activity)
        {
            var envelope = Wrapped(activity);
            return (envelope.CorrelationId, envelope.SpanId);
        }
    }

    [Fact]
    public void An_event_that_cannot_be_made_is_refused_and_does_not_throw()
    {
        var record = new EventRecord { Factory = new Broken() };

        Assert.False(Envelopes().TryCreate(record, out _, out _));
    }

    private static DataPlaneEnvelope Wrapped(Activity? activity)
    {
        Assert.True(Envelopes().TryCreate(new PrebuiltEvents(new DropLedger()).RecordOf(SampleEvents.Exposure, activity, 0), out _, out var envelope));
        return envelope;
    }

    private static EnvelopeFactory Envelopes() => new(new EventRedaction(
        Microsoft.Extensions.Options.Options.Create(new DataPlaneOptions()),
        [],
        new ReplacedValues(),
        TimeProvider.System,
        Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance));

    private sealed class Broken : IEventFactory
    {
        public DataPlaneEvent Create(in EventRecord record, out DataPlaneEvent? precedingEvent) => throw new FormatException();

        public int Drop(in EventRecord record, string reason) => 1;
    }
}
