using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Guarantee 8 (docs/concepts/guarantees.md): what was published is delivered or dropped, and the drops say by whom and of which variant.</summary>
public sealed class DropAccountTests
{
    [Fact]
    public async Task A_drop_names_the_destination_that_does_not_get_the_event()
    {
        var failing = new RecordingBackplane { Failure = new IOException("down") };
        var other = new CountingBackplane();
        await using var fixture = DataPlaneFixture.Bare(
            options => options.EnableErrorEvents = false, services => services.AddSingleton<IDataBackplane>(failing).AddSingleton<IDataBackplane>(other));
        using var dropped = new MetricCollector<long>(fixture.Get<IMeterFactory>(), DeliveryMetrics.MeterName, "dataplane.events.dropped");

        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure);
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());

        dropped.RecordObservableInstruments();
        var row = Assert.Single(dropped.GetMeasurementSnapshot());
        Assert.Equal(("RecordingBackplane", "Exposure", true), (row.Tags["destination"], row.Tags["event_type"], row.Tags["published"]));
        Assert.Equal(1, other.Published);
        Assert.Equal(1, fixture.Dropped("exp", "b", DropReasons.RetriesExhausted));
    }

    [Fact]
    public async Task Published_and_delivered_events_are_counted_by_category()
    {
        var destination = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddSingleton<IDataBackplane>(destination));
        using var published = new MetricCollector<long>(fixture.Get<IMeterFactory>(), DeliveryMetrics.MeterName, "dataplane.events.published");
        using var delivered = new MetricCollector<long>(fixture.Get<IMeterFactory>(), DeliveryMetrics.MeterName, "dataplane.events.delivered");
        foreach (var sample in (DataPlaneEvent[])[SampleEvents.Exposure, SampleEvents.Outcome, SampleEvents.Exposure])
        {
            await fixture.Get<IEventPublisher>().PublishAsync(sample);
        }

        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());

        published.RecordObservableInstruments();
        delivered.RecordObservableInstruments();
        string[] expected = ["Exposure 2", "Outcome 1"];
        Assert.Equal(expected, Rows(published));
        Assert.Equal(expected, Rows(delivered));

        static IEnumerable<string> Rows(MetricCollector<long> collector) => collector.GetMeasurementSnapshot()
            .GroupBy(row => row.Tags["event_type"])
            .Select(rows => FormattableString.Invariant($"{rows.Key} {rows.Sum(row => row.Value)}"))
            .Order(StringComparer.Ordinal);
    }

    [Fact]
    public void What_was_never_published_is_distinguished_from_what_was_lost()
    {
        var drops = new DropLedger();
        foreach (var reason in (string[])[DropReasons.SampledOut, DropReasons.NoSubject, DropReasons.QueueFull])
        {
            drops.CounterFor(new("exp", "b", DataPlaneEventType.Exposure), reason).Increment();
        }

        drops.CounterFor(new("exp", "b", DataPlaneEventType.Exposure), DropReasons.QueueFull, "Kafka").Increment();

        var rows = drops.Measure().Select(row => row.Tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)).ToList();
        Assert.Equal(4, rows.Count);
        Assert.All(rows, row => Assert.Equal(DropReasons.QueueFull.Equals(row["reason"]), row["published"]));
        Assert.Equal(3, drops.Lost);
        Assert.Equal((DataPlaneEventType.Exposure, 1L), Assert.Single(drops.LostInFront, row => row.Count > 0));
        Assert.Equal(["Kafka", "pipeline"], rows.Where(row => true.Equals(row["published"])).Select(row => (string)row["destination"]!).Order(StringComparer.Ordinal));

        // Health counts an event by what it was lost for, wherever that was.
        var diagnostics = new Dictionary<string, object>();
        drops.Describe(diagnostics);
        Assert.Equal(2L, diagnostics["dropped:exp/b/Exposure/queue_full"]);
    }

    [Fact]
    public async Task With_immediate_destinations_alone_each_event_is_published_once()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));

        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u2");
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure);

        Assert.Equal((3, 3), (fixture.Get<DeliveryMetrics>().Published, fixture.Backplane.Events.Count));
    }

    [Fact]
    public async Task A_loss_that_nobody_takes_the_word_about_adds_nothing_to_what_was_published()
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Bare(
            options => (options.MaxQueueSize, options.BatchSize) = (4, 1), services => services.AddSingleton<IDataBackplane>(stuck));
        var publisher = fixture.Get<EventPublisher>();
        for (var i = 0; i < 20; i++)
        {
            await publisher.PublishAsync(SampleEvents.Exposure);
            await fixture.Time.AdvanceUntil(() => publisher.Pipeline.Pending == 0, TimeSpan.Zero);
        }

        // Places are kept for the word that a loss has begun: one event, published once.
        await fixture.Time.AdvanceUntil(() => fixture.Get<DeliveryMetrics>().Published == 21);
        for (var i = 0; i < 30; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
        }

        stuck.Gate.SetResult();
        await fixture.Time.AdvanceUntil(() => stuck.Events.Count(envelope => envelope.Payload is ErrorEvent) == 2);
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());

        var account = publisher.Pipeline.Destinations[0].Delivered + fixture.Get<DropLedger>().Lost;
        Assert.Equal((22, 22), (fixture.Get<DeliveryMetrics>().Published, account));
    }

    [Fact]
    public async Task An_event_about_a_loss_is_published_once_a_destination_takes_it_and_not_while_none_does()
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Bare(
            options => (options.MaxQueueSize, options.BatchSize) = (4, 1), services => services.AddSingleton<IDataBackplane>(stuck));
        var (publisher, metrics) = (fixture.Get<EventPublisher>(), fixture.Get<DeliveryMetrics>());
        await LoseAsync();
        await fixture.Time.AdvanceUntil(() => metrics.Published == 21);
        await fixture.Time.AdvanceUntil(() => metrics.Published == 22, TimeSpan.FromSeconds(1));

        // The beginning and the end have taken both slots that are reserved for such events, so there is none for the next beginning.
        await LoseAsync();
        for (var i = 0; i < 9; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await fixture.Time.AdvanceUntil(() => fixture.Get<DeliveryPipeline>().IsResting, TimeSpan.Zero);
        }

        Assert.Equal(42, metrics.Published);
        stuck.Gate.SetResult();
        await fixture.Time.AdvanceUntil(() => stuck.Events.Count(envelope => envelope.Payload is ErrorEvent) == 4, TimeSpan.FromSeconds(1));
        Assert.Equal(44, metrics.Published);

        async Task LoseAsync()
        {
            for (var i = 0; i < 20; i++)
            {
                await publisher.PublishAsync(SampleEvents.Exposure);
                await fixture.Time.AdvanceUntil(() => publisher.Pipeline.Pending == 0, TimeSpan.Zero);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exposure_and_its_outcome_are_dropped_by_the_assigned_variant_and_not_by_the_one_that_answered(bool atDestination)
    {
        var destination = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Bare(
            options => (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents, options.EnableAnalysisSignals) = (100, 1, false, false),
            services => services.AddSingleton<IDataBackplane>(destination).AddSingleton<Broken>().AddSingleton<Sound>().AddExperimentFramework(experiments => experiments
                .WithExposureLogging()
                .Trial<IBroken>(trial => trial.AddControl<Sound>().AddVariant<Broken>("b").Using(new FixedSelector("b")).OnErrorFallbackToControl())));
        var broken = fixture.Get<IBroken>();
        if (atDestination)
        {
            destination.Failure = new EventRejectedException("never");
        }
        else
        {
            // The pipeline takes nothing more.
            fixture.Get<DeliveryPipeline>().Dispose();
        }

        Assert.Equal("sound", broken.Run("u1"));
        if (atDestination)
        {
            await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        }

        var reason = atDestination ? DropReasons.Rejected : DropReasons.Shutdown;
        Assert.Equal((2, 0), (fixture.Dropped("broken", "b", reason), fixture.Dropped("broken", "control", reason)));
    }

    [Fact]
    public async Task A_changed_assignment_that_is_dropped_at_the_end_counts_as_published()
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var selector = new FixedSelector("b");
        var fixture = DataPlaneFixture.Queued(stuck, trial => trial.Using(selector).WithSemantics(ExposureSemantics.OnFirstUse), options => options.EnableErrorEvents = false);
        var (metrics, drops) = (fixture.Get<DeliveryMetrics>(), fixture.Get<DropLedger>());
        fixture.Get<IGreeter>().Greet("u1");
        selector.Variant = "control";
        fixture.Get<IGreeter>().Greet("u1");

        fixture.Services.Dispose();

        await Eventually.Holds(() => metrics.Published == drops.Lost && metrics.Published == 3);
        stuck.Gate.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_says_how_many_events_it_lost(bool waits)
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var fixture = DataPlaneFixture.Bare(
            options => (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents) = (100, 10, false),
            services => services.AddSingleton<IDataBackplane>(stuck));
        var publisher = fixture.Get<EventPublisher>();
        var collector = fixture.Get<Microsoft.Extensions.Logging.Testing.FakeLogCollector>();
        var drops = fixture.Get<DropLedger>();
        for (var i = 0; i < 10; i++)
        {
            await publisher.PublishAsync(SampleEvents.Exposure);
        }

        await stuck.IsCalled.Task;
        await fixture.Time.AdvanceUntil(() => publisher.Pipeline.Pending == 0, TimeSpan.Zero);
        for (var i = 0; i < 7; i++)
        {
            await publisher.PublishAsync(SampleEvents.Exposure);
        }

        if (waits)
        {
            await fixture.DisposeAsync();
        }
        else
        {
            fixture.Services.Dispose();
        }

        var said = collector.GetSnapshot().Where(record => record.Message.Contains(" Host shutdown and DisposeAsync wait ", StringComparison.Ordinal))
            .Sum(record => long.Parse(record.StructuredState!.Single(pair => pair.Key == "Count").Value!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((17, 17), (said, drops.Lost));
        stuck.Gate.SetResult();
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
}

[ExposureLogged("broken", FallbackToControl = true, RecordOutcomes = true)]
public interface IBroken
{
    string Run([ExposureSubject] string subject);
}

public sealed class Broken : IBroken
{
    public string Run(string subject) => throw new FormatException("broken");
}

public sealed class Sound : IBroken
{
    public string Run(string subject) => "sound";
}
