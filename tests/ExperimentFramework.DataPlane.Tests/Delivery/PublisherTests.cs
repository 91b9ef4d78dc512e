using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What is published reaches every destination, unless its category is switched off or there is none.</summary>
public sealed class PublisherTests
{
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

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-0.1)]
    [InlineData(0)]
    [InlineData(1.1)]
    public async Task An_exposure_is_refused_whose_sampling_rate_says_nothing_about_the_share_of_subjects(double rate)
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash());

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure with { SamplingRate = rate }));

        Assert.Contains("must be above 0 and at most 1", error.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Exposures);
    }

    [Fact]
    public async Task Events_of_one_experiment_cannot_be_published_for_all()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash());

        foreach (var dataPlaneEvent in new DataPlaneEvent[] { SampleEvents.Exposure with { ExperimentName = "*" }, SampleEvents.Outcome with { ExperimentName = "*" }, SampleEvents.Assignment with { ExperimentName = "*" } })
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(async () => await fixture.Get<IEventPublisher>().PublishAsync(dataPlaneEvent));
            Assert.Contains("is reserved", error.Message, StringComparison.Ordinal);
        }
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
    public async Task The_trace_and_the_span_are_those_of_the_call()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        fixture.Get<IGreeter>().Greet("u1");
        activity.Stop();
        fixture.Get<IGreeter>().Greet("u2");

        Assert.Equal([activity.TraceId.ToHexString(), null], fixture.Backplane.Events.Select(envelope => envelope.CorrelationId));
        Assert.Equal([activity.SpanId.ToHexString(), null], fixture.Backplane.Events.Select(envelope => envelope.SpanId));
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
}
