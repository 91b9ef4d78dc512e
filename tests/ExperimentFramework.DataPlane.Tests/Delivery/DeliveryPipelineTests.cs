using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What the pipeline as a whole promises: capacity, waits, identities and counts.</summary>
public sealed class DeliveryPipelineTests
{
    [Fact]
    public async Task There_is_capacity_with_a_destination_until_the_queue_is_full_or_the_pipeline_has_ended()
    {
        await using var none = DataPlaneFixture.Bare(_ => { }, _ => { });
        Assert.False(none.Get<DeliveryPipeline>().HasCapacity);
        await using var immediate = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane());
        Assert.True(immediate.Get<DeliveryPipeline>().HasCapacity);

        var hanging = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var queued = DataPlaneFixture.Bare(FullQueue.Configure, services => services.AddSingleton<IDataBackplane>(hanging));
        var pipeline = queued.Get<DeliveryPipeline>();
        Assert.True(pipeline.HasCapacity);
        await FullQueue.FillAsync(queued);
        Assert.False(pipeline.HasCapacity);
        hanging.Gate.SetResult();
        await queued.Time.AdvanceUntil(pipeline.FlushAsync(TestContext.Current.CancellationToken).AsTask(), TimeSpan.Zero);
        Assert.True(pipeline.HasCapacity);

        pipeline.Dispose();
        Assert.False(pipeline.HasCapacity);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_flush_ends_with_its_token_whatever_holds_up_the_worker()
    {
        using var gate = new ManualResetEventSlim();
        var redactor = new Blocking(gate);
        await using var fixture = DataPlaneFixture.Bare(
            options => options.PiiRedaction.Fields["email"] = RedactionMode.Custom,
            services => services.AddSingleton<IExposureRedactor>(redactor).AddSingleton<IDataBackplane>(new RecordingBackplane()));
        await fixture.Get<IEventPublisher>().PublishAsync(
            SampleEvents.Exposure with { Attributes = new Dictionary<string, object?> { ["email"] = "a" } }, TestContext.Current.CancellationToken);
        using var cancellation = new CancellationTokenSource();
        var flush = fixture.Get<IEventPublisher>().FlushAsync(cancellation.Token).AsTask();
        await redactor.IsCalled.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(flush.IsCompleted);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush.WaitAsync(TestContext.Current.CancellationToken));
        gate.Set();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_required_destination_holds_up_no_other_one_unless_callers_wait()
    {
        var required = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var other = new Other();
        await using var fixture = DataPlaneFixture.Bare(
            options =>
            {
                FullQueue.Configure(options);
                options.FailureMode = BackplaneFailureMode.Drop;
            },
            services => services.AddSingleton<IDataBackplane>(required).AddSingleton<IDataBackplane>(other));
        for (var i = 0; i < 5 * FullQueue.Size; i++)
        {
            await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure, TestContext.Current.CancellationToken);
            await fixture.Time.AdvanceUntil(() => fixture.Get<DeliveryPipeline>().Pending == 0, TimeSpan.Zero);
        }

        await fixture.Time.AdvanceUntil(() => other.Taken == 5 * FullQueue.Size, TimeSpan.Zero);
        Assert.Equal(4 * FullQueue.Size, fixture.Dropped("exp", "b", DropReasons.QueueFull));
        required.Gate.SetResult();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_has_waited_too_long_is_dropped_for_that(bool isAsynchronous)
    {
        var mode = isAsynchronous ? WaitMode.Task : WaitMode.Thread;
        var hanging = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Bare(FullQueue.Configure, services => services.AddSingleton<IDataBackplane>(hanging));
        var publisher = fixture.Get<EventPublisher>();
        await FullQueue.FillAsync(fixture);

        var written = new TaskCompletionSource<EnqueueResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => written.SetResult(publisher.Write(SampleEvents.Exposure, new EnqueueWait(mode, CancellationToken.None)))) { IsBackground = true }.Start();
        Assert.True(SpinWait.SpinUntil(() => publisher.Pipeline.Gate.Waiting == 1, TimeSpan.FromSeconds(30)));
        await fixture.Time.AdvanceUntil(() => publisher.Pipeline.Gate.Waiting == 0);
        var result = await written.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(result.PendingAdmission is null ? result.IsAccepted : await result.PendingAdmission);

        Assert.Equal((1, 1L), (fixture.Dropped("exp", "b", DropReasons.Timeout), fixture.Get<DropLedger>().Lost));
        hanging.Gate.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_that_cannot_be_created_is_dropped_for_that_and_published_all_the_same(bool isImmediate)
    {
        await using var fixture = DataPlaneFixture.Bare(
            options => options.EnableErrorEvents = false,
            services => _ = isImmediate ? services.AddInMemoryDataBackplane() : services.AddSingleton<IDataBackplane>(new RecordingBackplane()));
        var factory = new Unmakable(fixture.Get<DropLedger>());

        fixture.Get<EventPublisher>().Write(new EventRecord { Factory = factory }, new EnqueueWait(WaitMode.Thread, CancellationToken.None));
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Equal((1, 1L), (fixture.Dropped("exp", "b", DropReasons.Serialization), fixture.Get<DeliveryMetrics>().Published));
    }

    [Fact]
    public async Task Changes_of_assignment_that_are_created_on_the_way_have_ids_traces_and_places_in_the_count_of_their_own()
    {
        var queued = new RecordingBackplane();
        var selector = new FixedSelector("b");
        await using var fixture = DataPlaneFixture.Queued(queued, trial => trial.Using(selector).WithSemantics(ExposureSemantics.OnFirstUse), options => options.EnableErrorEvents = false);
        Greet();
        selector.Variant = "control";
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        Greet();
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync(TestContext.Current.CancellationToken).AsTask(), TimeSpan.Zero);

        var changes = queued.Events.Where(envelope => envelope.Payload is AssignmentEvent).ToList();
        Assert.Equal(["u1", "u2", "u3"], changes.Select(envelope => ((AssignmentEvent)envelope.Payload).SubjectId).Order(StringComparer.Ordinal));
        Assert.All(changes, change => Assert.Equal(activity.TraceId.ToHexString(), change.CorrelationId));
        Assert.Equal(queued.Events.Count, queued.Events.Select(envelope => envelope.EventId).Distinct().Count());
        Assert.Equal(queued.Events.Count, fixture.Get<DeliveryMetrics>().Published);

        void Greet()
        {
            foreach (var subject in (string[])["u1", "u2", "u3"])
            {
                fixture.Get<IGreeter>().Greet(subject);
            }
        }
    }

    [Fact]
    public async Task The_queue_in_front_of_all_destinations_shows_its_depth()
    {
        using var gate = new ManualResetEventSlim();
        var redactor = new Blocking(gate);
        await using var fixture = DataPlaneFixture.Bare(
            options => (options.PiiRedaction.Fields["email"], options.BatchSize) = (RedactionMode.Custom, 1),
            services => services.AddSingleton<IExposureRedactor>(redactor).AddSingleton<IDataBackplane>(new RecordingBackplane()));
        using var depth = new MetricCollector<long>(fixture.Get<IMeterFactory>(), DeliveryMetrics.MeterName, "dataplane.queue.depth");
        var exposure = SampleEvents.Exposure with { Attributes = new Dictionary<string, object?> { ["email"] = "a" } };
        await fixture.Get<IEventPublisher>().PublishAsync(exposure, TestContext.Current.CancellationToken);
        await redactor.IsCalled.Task.WaitAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            await fixture.Get<IEventPublisher>().PublishAsync(exposure, TestContext.Current.CancellationToken);
        }

        depth.RecordObservableInstruments();

        Assert.Equal(
            [("RecordingBackplane", 0), ("pipeline", 3)],
            depth.GetMeasurementSnapshot().Select(measurement => ((string)measurement.Tags["destination"]!, measurement.Value)).Order());
        gate.Set();
    }

    [Fact]
    public async Task Health_names_every_destination_with_what_it_says_and_what_it_took_and_the_worst_ones_first()
    {
        await using var fixture = DataPlaneFixture.Bare(
            _ => { },
            services => services
                .AddInMemoryDataBackplane()
                .AddSingleton<IDataBackplane>(new Other { Health = BackplaneHealth.Degraded("slow", new Dictionary<string, object> { ["lag"] = 7 }) })
                .AddSingleton<IDataBackplane>(new RecordingBackplane())
                .AddSingleton<IDataBackplane>(new Other { Health = BackplaneHealth.Unhealthy("down") }));
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure, TestContext.Current.CancellationToken);
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync(TestContext.Current.CancellationToken).AsTask(), TimeSpan.Zero);

        var health = await fixture.Get<IEventPublisher>().HealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal((false, "down slow"), (health.IsHealthy, health.Description));
        Assert.Equal(
            [true, true, true, false],
            ((string[])["0:InMemoryDataBackplane", "1:Other", "2:RecordingBackplane", "3:Other#2"]).Select(name => (bool)health.Diagnostics[$"destination:{name}:healthy"]));
        Assert.Equal(("slow", 7, "down"), (health.Diagnostics["destination:1:Other:description"], health.Diagnostics["destination:1:Other:lag"], health.Diagnostics["destination:3:Other#2:description"]));
        Assert.All(
            (string[])["0:InMemoryDataBackplane", "1:Other", "2:RecordingBackplane", "3:Other#2"],
            name => Assert.Equal(1L, health.Diagnostics[$"destination:{name}:delivered"]));
    }

    [Fact]
    public void What_is_lost_at_the_end_is_counted_by_the_event_also_where_its_envelope_is_there_already_or_others_go_with_it()
    {
        var (ledger, logger) = (new DropLedger(), new FakeLogger());
        var quiet = NonThrowingLogger.Of(logger);
        var drops = new DropRecorder(ledger, new LossDetector("pipeline", ledger, new FakeTimeProvider(), quiet), quiet);

        drops.Drop(new EventRecord { Payload = SampleEvents.Envelope(SampleEvents.Exposure) }, DropReasons.Shutdown);
        drops.Drop(new EventRecord { Factory = new Unmakable(ledger, lost: 3) }, DropReasons.Shutdown);
        drops.LogLostAtEnd();

        var rows = new Dictionary<string, object>();
        ledger.Describe(rows);
        Assert.Equal(4L, rows["dropped:exp/b/Exposure/shutdown"]);
        Assert.StartsWith("The pipeline ended with 4 events", Assert.Single(logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    private sealed class Blocking(ManualResetEventSlim gate) : IExposureRedactor
    {
        public TaskCompletionSource IsCalled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Redact(string field, string value)
        {
            IsCalled.TrySetResult();
            gate.Wait(TimeSpan.FromMinutes(5));
            return value;
        }
    }

    /// <summary>Events that cannot be created, and that count as several if they are lost.</summary>
    private sealed class Unmakable(DropLedger drops, int lost = 1) : IEventFactory
    {
        public DataPlaneEvent Create(in EventRecord record, out DataPlaneEvent? precedingEvent) => throw new FormatException();

        public int Drop(in EventRecord record, string reason)
        {
            for (var i = 0; i < lost; i++)
            {
                drops.Count(SampleEvents.Exposure, reason);
            }

            return lost;
        }
    }

    private sealed class Other : AcceptingBackplane
    {
        private int _taken;

        public int Taken => Volatile.Read(ref _taken);

        public BackplaneHealth Health { get; init; } = BackplaneHealth.Healthy();

        public override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _taken);
            return ValueTask.CompletedTask;
        }

        public override ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(Health);
    }
}
