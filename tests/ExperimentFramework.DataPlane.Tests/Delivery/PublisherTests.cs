using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

public sealed class PublisherTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<DataPlaneEvent, Action<DataPlaneOptions>> Categories => new()
    {
        { SampleEvents.Exposure, options => options.EnableExposureEvents = false },
        { SampleEvents.Assignment, options => options.EnableAssignmentEvents = false },
        { SampleEvents.Outcome, options => options.EnableOutcomeEvents = false },
        { SampleEvents.Signal, options => options.EnableAnalysisSignals = false },
        { SampleEvents.Error, options => options.EnableErrorEvents = false },
        { SampleEvents.Metric, options => options.EnableMetricEvents = false },
    };

    [Theory]
    [MemberData(nameof(Categories))]
    public async Task A_category_that_is_switched_off_is_left_out_and_the_others_are_not(DataPlaneEvent switchedOff, Action<DataPlaneOptions> configure)
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash(), configure);
        var publisher = fixture.Get<IEventPublisher>();

        foreach (var sample in SampleEvents.Published)
        {
            await publisher.PublishAsync(sample);
        }

        Assert.Equal(SampleEvents.Published.Where(sample => sample != switchedOff), fixture.Backplane.Events.Select(envelope => envelope.Payload));
    }

    [Fact]
    public async Task Exposures_of_calls_follow_their_switch()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash(), options => options.EnableExposureEvents = false);

        fixture.Get<IGreeter>().Greet("u1");

        Assert.Empty(fixture.Exposures);
    }

    [Fact]
    public async Task Every_destination_receives_every_event()
    {
        var one = new RecordingBackplane();
        var other = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash(),
            services: services => services.AddSingleton<IDataBackplane>(one).AddSingleton<IDataBackplane>(other));

        fixture.Get<IGreeter>().Greet("u1");
        await fixture.Get<IEventPublisher>().FlushAsync();

        Assert.Equal(fixture.Backplane.Events, one.Events);
        Assert.Equal(fixture.Backplane.Events, other.Events);
    }

    [Fact]
    public async Task A_destination_that_throws_never_reaches_the_caller_and_is_counted_and_logged_once()
    {
        var failing = new RecordingBackplane { Failure = new IOException("disk full") };
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")),
            options => options.EnableErrorEvents = false,
            services => services.AddSingleton<IDataBackplane>(failing));
        using var dropped = new MetricCollector<long>(fixture.Services.GetRequiredService<IMeterFactory>(), DeliveryMetrics.MeterName, "dataplane.events.dropped");
        var publisher = fixture.Get<IEventPublisher>();

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u2"));
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());

        Assert.Equal(2, fixture.Dropped("greeting", "b", DropReasons.RetriesExhausted));
        dropped.RecordObservableInstruments();
        var measurement = Assert.Single(dropped.GetMeasurementSnapshot());
        Assert.Equal(
            (2L, "greeting", "b", "retries_exhausted"),
            (measurement.Value, measurement.Tags["experiment"], measurement.Tags["variant"], measurement.Tags["reason"]));
        var health = await publisher.HealthAsync();
        Assert.False(health.IsHealthy);
        Assert.Contains("disk full", health.Description, StringComparison.Ordinal);
        Assert.Equal(2L, health.Diagnostics["dropped"]);
        Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);

        failing.Failure = null;
        fixture.Get<IGreeter>().Greet("u3");
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());
        Assert.DoesNotContain(fixture.Logs, record => record.Message.Contains("has recovered", StringComparison.Ordinal));

        // One that fails now and then fails all the while: it has recovered when a minute has passed without a fault.
        failing.Failure = new IOException("disk full again");
        fixture.Get<IGreeter>().Greet("u4");
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());
        failing.Failure = null;
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        fixture.Get<IGreeter>().Greet("u5");
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());
        Assert.Single(fixture.Logs, record => record.Message.Contains("has recovered", StringComparison.Ordinal));
        Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_destination_that_hangs_holds_up_neither_the_caller_nor_the_others_and_its_queue_is_bounded()
    {
        var hanging = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var other = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")),
            options => options.BatchSize = 1,
            services => services.AddSingleton<IDataBackplane>(hanging).AddSingleton<IDataBackplane>(other));
        var greeter = fixture.Get<IGreeter>();

        for (var i = 0; i < 10_500; i++)
        {
            greeter.Greet($"u{i}");
            if (i % 1_000 == 0)
            {
                await other.Reached(i + 1);
            }
        }

        await other.Reached(10_500);
        Assert.Equal(500, fixture.Dropped("greeting", "b", DropReasons.QueueFull));
        hanging.Gate.SetResult();
        await fixture.Get<IEventPublisher>().FlushAsync();
        Assert.Equal(10_000, hanging.Events.Count(envelope => envelope.Payload is ExposureEvent));
    }

    [Fact]
    public async Task An_exposure_that_one_destination_took_counts_as_recorded()
    {
        var hanging = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")).WithSemantics(ExposureSemantics.OnFirstUse),
            options => (options.MaxQueueSize, options.BatchSize) = (10, 1),
            services => services.AddInMemoryDataBackplane().AddSingleton<IDataBackplane>(hanging));
        var greeter = fixture.Get<IGreeter>();
        for (var i = 0; i < 100 && fixture.Dropped("greeting", "b", DropReasons.QueueFull) == 0; i++)
        {
            greeter.Greet($"u{i}");
            await fixture.Time.AdvanceUntil(() => fixture.Get<DeliveryPipeline>().Pending == 0);
        }

        var before = fixture.Dropped("greeting", "b", DropReasons.QueueFull);
        greeter.Greet("late");
        greeter.Greet("late");
        await fixture.Time.AdvanceUntil(() => fixture.Get<DeliveryPipeline>().Pending == 0);

        Assert.Equal(before + 1, fixture.Dropped("greeting", "b", DropReasons.QueueFull));
        Assert.Single(fixture.Exposures, exposure => exposure.SubjectId == "late");
        hanging.Gate.SetResult();
    }

    [Fact]
    public async Task Without_a_destination_events_are_counted_and_the_host_warns()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddFakeLogging();
        builder.Services.AddSingleton<Hello>().AddSingleton<Bonjour>();
        builder.Services.AddExperimentFramework(experiments => experiments
            .WithExposureLogging()
            .Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").Using(new FixedSelector("control"))));
        using var host = builder.Build();
        await host.StartAsync();

        host.Services.GetRequiredService<IGreeter>().Greet("u1");

        var health = await host.Services.GetRequiredService<IEventPublisher>().HealthAsync();
        Assert.False(health.IsHealthy);
        Assert.Contains("no destination", host.Services.GetRequiredService<FakeLogCollector>().GetSnapshot().Single(record => record.Level == LogLevel.Warning).Message, StringComparison.Ordinal);
        Assert.Equal(1L, health.Diagnostics["dropped"]);
        Assert.Equal(1L, health.Diagnostics["dropped:greeting/control/Exposure/no_destination"]);
        await host.StopAsync();
    }

    [Fact]
    public async Task Stopping_the_host_delivers_what_is_queued()
    {
        var recording = new RecordingBackplane();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<Hello>().AddSingleton<IDataBackplane>(recording);
        builder.Services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>()));
        using var host = builder.Build();
        await host.StartAsync();

        for (var i = 0; i < 100; i++)
        {
            host.Services.GetRequiredService<IGreeter>().Greet($"u{i}");
        }

        await host.StopAsync();
        Assert.Equal(100, recording.Events.Count);
        Assert.Equal(1, recording.Flushes);
    }

    [Fact]
    public async Task Disposing_delivers_what_is_queued_and_drops_what_comes_later()
    {
        var recording = new RecordingBackplane();
        var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")), services: services => services.AddSingleton<IDataBackplane>(recording));
        var greeter = fixture.Get<IGreeter>();
        var publisher = fixture.Get<EventPublisher>();
        var drops = fixture.Get<DropLedger>();
        greeter.Greet("u1");

        await fixture.DisposeAsync();
        Assert.Single(recording.Events);

        Assert.False(publisher.Write(SampleEvents.Exposure, new EnqueueWait(WaitMode.Thread, CancellationToken.None)).IsAccepted);
        Assert.Equal(1, drops.Lost);
    }

    [Fact]
    public async Task What_the_application_changes_after_it_published_does_not_change_the_event()
    {
        var recording = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddSingleton<IDataBackplane>(recording));
        var attributes = new Dictionary<string, object?> { ["country"] = "DE" };
        var data = new Dictionary<string, object?> { ["subjects"] = 1L };

        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure with { Attributes = attributes });
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Signal with { Data = data });
        attributes["phone"] = "555";
        data.Clear();
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());

        Assert.Equal(new Dictionary<string, object?> { ["country"] = "DE" }, ((ExposureEvent)recording.Events[0].Payload).Attributes);
        Assert.Equal(new Dictionary<string, object?> { ["subjects"] = 1L }, ((AnalysisSignalEvent)recording.Events[1].Payload).Data);
    }

    [Fact]
    public async Task A_destination_that_blocks_its_thread_is_unhealthy_until_it_gives_it_back()
    {
        using var gate = new ManualResetEventSlim();
        using var blocking = new Blocking(gate);
        await using var fixture = DataPlaneFixture.Bare(options => options.BatchSize = 1, services => services.AddSingleton<IDataBackplane>(blocking));
        var publisher = fixture.Get<IEventPublisher>();
        await publisher.PublishAsync(SampleEvents.Exposure);
        Assert.True(blocking.IsEntered.Wait(TimeSpan.FromSeconds(30)));
        Assert.True((await publisher.HealthAsync()).IsHealthy);

        fixture.Time.Advance(TimeSpan.FromSeconds(31));
        var health = await publisher.HealthAsync();
        gate.Set();
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());

        Assert.False(health.IsHealthy);
        Assert.Contains("Blocking has blocked its thread for 31 s", health.Description, StringComparison.Ordinal);
        Assert.True((await publisher.HealthAsync()).IsHealthy);
    }

    [Fact]
    public async Task A_flush_that_fails_is_logged_and_is_no_outage()
    {
        var backplane = new NeverFlushing();
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddSingleton<IDataBackplane>(backplane));
        var publisher = fixture.Get<IEventPublisher>();
        await publisher.FlushAsync();
        await publisher.FlushAsync();

        var health = await publisher.HealthAsync();
        Assert.Equal((true, true), (health.IsHealthy, health.IsDegraded));
        Assert.Contains("NeverFlushing could not flush what it holds: the disk is full", health.Description, StringComparison.Ordinal);
        Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
        fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.True((await publisher.HealthAsync()).IsHealthy);

        backplane.Failure = null;
        await publisher.FlushAsync();
        Assert.False((await publisher.HealthAsync()).IsDegraded);
    }

    [Fact]
    public async Task The_correlation_id_is_the_trace_of_the_call()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        fixture.Get<IGreeter>().Greet("u1");
        activity.Stop();
        fixture.Get<IGreeter>().Greet("u2");

        Assert.Equal([activity.TraceId.ToHexString(), null], fixture.Backplane.Events.Select(envelope => envelope.CorrelationId));
    }

    [Fact]
    public async Task Publishing_nothing_is_refused_and_a_cancelled_publish_is_cancelled()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash());
        var publisher = fixture.Get<IEventPublisher>();

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await publisher.PublishAsync(null!));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await publisher.PublishAsync(SampleEvents.Error, new CancellationToken(true)));
        Assert.Empty(fixture.Backplane.Events);
    }

    [Fact]
    public void Rows_of_the_ledger_are_bounded()
    {
        var ledger = new DropLedger();
        for (var i = 0; i < 20_000; i++)
        {
            ledger.CounterFor(new($"experiment-{i}", "b", DataPlaneEventType.Exposure), DropReasons.QueueFull).Increment();
        }

        var rows = new Dictionary<string, object>();
        ledger.Describe(rows);
        Assert.Equal(20_000, ledger.Lost);
        Assert.Equal(10_001, rows.Count);
        Assert.Equal(10_000L, rows["dropped:(other)/(other)/Exposure/queue_full"]);
    }

    [Fact]
    public void Event_ids_are_time_ordered_version_7_and_reproducible_from_time_and_sequence()
    {
        var source = new EventIds();
        var ids = Enumerable.Range(0, 5_000).Select(i => source.Create(Now.AddMilliseconds(i / 1_000), i)).ToList();

        Assert.All(ids, id => Assert.Equal((7, 0x8), (id.Version, id.Variant & 0xC)));
        Assert.Equal(ids, ids.OrderBy(id => id.ToString("N"), StringComparer.Ordinal));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(ids[7], source.Create(Now, 7));
        Assert.NotEqual(ids[7], new EventIds().Create(Now, 7));
        Assert.Equal(
            Now.ToUnixTimeMilliseconds(),
            long.Parse(ids[0].ToString("N")[..12], System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture));
    }

    private sealed class Blocking(ManualResetEventSlim gate) : AcceptingBackplane, IDisposable
    {
        public ManualResetEventSlim IsEntered { get; } = new();

        public override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
        {
            IsEntered.Set();
            gate.Wait(CancellationToken.None);
            return ValueTask.CompletedTask;
        }

        public void Dispose() => IsEntered.Dispose();
    }

    private sealed class NeverFlushing : AcceptingBackplane
    {
        public Exception? Failure { get; set; } = new IOException("the disk is full");

        public override ValueTask FlushAsync(CancellationToken cancellationToken = default) => Failure is null ? ValueTask.CompletedTask : ValueTask.FromException(Failure);
    }
}
