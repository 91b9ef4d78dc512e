using System.Diagnostics;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Metrics;

/// <summary>What becomes of a metric that is recorded.</summary>
public sealed class MetricRecorderTests
{
    private static readonly MetricDetails Details = new() { SubjectId = "u1", SubjectType = "user", TenantId = "t1" };

    [Fact]
    public async Task A_metric_has_what_it_was_recorded_with_and_belongs_to_no_experiment()
    {
        await using var fixture = Recording();
        var happened = new DateTimeOffset(2026, 2, 28, 23, 0, 0, TimeSpan.FromHours(1));
        using var activity = new Activity("request").Start();

        await fixture.Get<IMetricRecorder>().RecordAsync(
            "purchase", 49.9, Details with { Unit = "EUR", IdempotencyKey = "order-1", Timestamp = happened, Attributes = new Dictionary<string, object?> { ["items"] = 3 } }, TestContext.Current.CancellationToken);

        var envelope = Assert.Single(fixture.Backplane.Events);
        Assert.Equal(
            new MetricEvent
            {
                ExperimentName = "*",
                MetricName = "purchase",
                Value = 49.9,
                Unit = "EUR",
                SubjectId = "u1",
                SubjectType = "user",
                TenantId = "t1",
                IdempotencyKey = "order-1",
                Timestamp = happened,
                Attributes = new Dictionary<string, object?> { ["items"] = 3L },
            },
            envelope.Payload);
        Assert.Equal(TimeSpan.Zero, envelope.Timestamp.Offset);
        Assert.Equal(activity.TraceId.ToHexString(), envelope.CorrelationId);
    }

    [Fact]
    public async Task A_conversion_needs_no_more_than_its_name()
    {
        await using var fixture = Recording(new FixedSubject("s1"));

        await fixture.Get<IMetricRecorder>().RecordAsync("signed-up", cancellationToken: TestContext.Current.CancellationToken);

        var metric = Assert.IsType<MetricEvent>(Assert.Single(fixture.Backplane.Events).Payload);
        Assert.Equal(("signed-up", 1.0, null, "s1", "session", fixture.Time.GetUtcNow()), (metric.MetricName, metric.Value, metric.Unit, metric.SubjectId, metric.SubjectType, metric.Timestamp));
        Assert.Equal((null, null), (metric.IdempotencyKey, metric.Attributes));
    }

    [Fact]
    public async Task A_subject_that_is_named_goes_before_the_current_one()
    {
        await using var fixture = Recording(new FixedSubject("s1"));

        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, Details, TestContext.Current.CancellationToken);
        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, Details with { SubjectId = "", TenantId = null }, TestContext.Current.CancellationToken);

        Assert.Equal([("u1", "user", "t1"), ("s1", "session", null)], Recorded(fixture).Select(metric => (metric.SubjectId, metric.SubjectType, metric.TenantId)));
    }

    [Fact]
    public async Task A_metric_is_neither_sampled_nor_deduplicated()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash().WithSamplingRate(0).WithSemantics(ExposureSemantics.OnFirstUse), options => options.SamplingRate = 0);

        for (var i = 0; i < 3; i++)
        {
            await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, Details with { IdempotencyKey = "order-1" }, TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, Recorded(fixture).Count);
    }

    [Theory]
    [InlineData(" purchase")]
    [InlineData("purchase\n")]
    [InlineData("pur\tchase")]
    public async Task A_name_that_analysts_cannot_use_is_refused_as_that_of_an_experiment_is(string name)
    {
        await using var fixture = Recording();
        var metrics = fixture.Get<IMetricRecorder>();

        Assert.Equal("metric", Assert.Throws<ArgumentException>(() => { _ = metrics.RecordAsync(name, 1, Details).AsTask(); }).ParamName);
        Assert.Throws<ArgumentException>(() => { _ = metrics.RecordAsync("purchase", 1, Details with { Unit = name }).AsTask(); });
        Assert.Empty(fixture.Backplane.Events);
    }

    [Fact]
    public async Task Arguments_are_refused_that_no_analysis_can_use_even_where_metrics_are_switched_off()
    {
        await using var fixture = Recording(options: options => options.EnableMetricEvents = false);
        var metrics = fixture.Get<IMetricRecorder>();

        Assert.Throws<ArgumentNullException>(() => { _ = metrics.RecordAsync(null!, 1, Details).AsTask(); });
        Assert.Throws<ArgumentException>(() => { _ = metrics.RecordAsync(new string('a', 257), 1, Details).AsTask(); });
        Assert.All([double.NaN, double.PositiveInfinity, double.NegativeInfinity], value => Assert.Throws<ArgumentException>(() => { _ = metrics.RecordAsync("purchase", value, Details).AsTask(); }));
        Assert.Throws<ArgumentException>(() => { _ = metrics.RecordAsync("purchase", 1, Details with { IdempotencyKey = new string('a', 1_025) }).AsTask(); });
        await metrics.RecordAsync(new string('a', 256), -1, Details with { IdempotencyKey = new string('a', 1_024) }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_metric_of_an_unknown_subject_is_counted_and_logged_once()
    {
        var provider = new FixedSubject(null);
        await using var fixture = Recording(provider);
        var metrics = fixture.Get<IMetricRecorder>();

        await metrics.RecordAsync("purchase", cancellationToken: TestContext.Current.CancellationToken);
        await metrics.RecordAsync("purchase", 1, new MetricDetails { SubjectType = "user", TenantId = "t1" }, TestContext.Current.CancellationToken);

        Assert.Empty(fixture.Backplane.Events);
        Assert.Equal(2, fixture.Dropped("*", "", DropReasons.NoSubject));
        Assert.Single(fixture.Logs, record => record.Id.Name == "MetricSubjectUnknown");

        // It is a new state once subjects were known for a while.
        provider.Subject = "s1";
        await metrics.RecordAsync("purchase", cancellationToken: TestContext.Current.CancellationToken);
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        await metrics.RecordAsync("purchase", cancellationToken: TestContext.Current.CancellationToken);
        provider.Subject = null;
        await metrics.RecordAsync("purchase", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(2, fixture.Logs.Count(record => record.Id.Name == "MetricSubjectUnknown"));
        Assert.Equal(2, Recorded(fixture).Count);
    }

    [Fact]
    public async Task A_provider_that_throws_hurts_no_caller()
    {
        await using var fixture = Recording(new FixedSubject("s1") { Failure = new TimeoutException() });

        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", cancellationToken: TestContext.Current.CancellationToken);
        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, Details, TestContext.Current.CancellationToken);

        Assert.Equal("u1", Assert.Single(Recorded(fixture)).SubjectId);
        Assert.Equal(1, fixture.Dropped("*", "", DropReasons.NoSubject));
        Assert.Single(fixture.Logs, record => record.Id.Name == "IdentityProviderFailing");
    }

    [Fact]
    public async Task An_id_is_the_one_that_calls_have_and_bounded_as_theirs_is()
    {
        await using var fixture = Recording();
        var metrics = fixture.Get<IMetricRecorder>();

        await metrics.RecordAsync("purchase", 1, new MetricDetails { SubjectId = "\ud800", SubjectType = "t\udc00", TenantId = "\ud800", IdempotencyKey = "\ud800" }, TestContext.Current.CancellationToken);
        await metrics.RecordAsync("purchase", 1, Details with { SubjectId = new string('a', 1_024) }, TestContext.Current.CancellationToken);
        await metrics.RecordAsync("purchase", 1, Details with { SubjectId = new string('a', 1_025) }, TestContext.Current.CancellationToken);

        var metric = Recorded(fixture)[0];
        Assert.Equal(("\ufffd", "t\ufffd", "\ufffd", "\ufffd"), (metric.SubjectId, metric.SubjectType, metric.TenantId, metric.IdempotencyKey));
        Assert.Equal(2, Recorded(fixture).Count);
        Assert.Equal(1, fixture.Dropped("*", "", DropReasons.NoSubject));
        Assert.Single(fixture.Logs, record => record.Id.Name == "SubjectTooLong");
    }

    [Fact]
    public async Task A_published_event_has_no_subject_that_a_call_cannot_have()
    {
        await using var fixture = Recording();
        var publisher = fixture.Get<IEventPublisher>();
        var id = new string('a', 1_025);

        await publisher.PublishAsync(SampleEvents.Metric with { SubjectId = id });
        await publisher.PublishAsync(SampleEvents.Exposure with { SubjectId = id });
        await publisher.PublishAsync(SampleEvents.Assignment with { TenantId = id });
        await publisher.PublishAsync(SampleEvents.Outcome with { SubjectType = id });

        Assert.Empty(Recorded(fixture));
        Assert.Equal(1, fixture.Dropped("*", "", DropReasons.NoSubject));
        Assert.Single(fixture.Logs, record => record.Id.Name == "SubjectTooLong");
        Assert.Equal((null, null, null), Assert.Single(fixture.Exposures) is var exposure ? (exposure.SubjectId, exposure.SubjectType, exposure.TenantId) : default);
        Assert.Equal(3, fixture.Backplane.Events.Count);
        Assert.DoesNotContain(fixture.Backplane.Events, envelope => DataPlaneJson.Serialize(envelope).Contains(id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Attributes_are_those_of_the_moment_and_bounded_as_those_of_exposures_are(bool isQueued)
    {
        var queued = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Bare(options => options.MaxAttributeLength = 16, services =>
        {
            if (isQueued)
            {
                services.AddSingleton<IDataBackplane>(queued);
            }
            else
            {
                services.AddInMemoryDataBackplane();
            }
        });
        int[] numbers = [1];
        var attributes = new Dictionary<string, object?> { ["numbers"] = numbers, ["text"] = new string('a', 17), ["many"] = new int[100] };

        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, Details with { Attributes = attributes }, TestContext.Current.CancellationToken);
        numbers[0] = 2;
        attributes.Clear();
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync(TestContext.Current.CancellationToken).AsTask());

        var metric = (MetricEvent)(isQueued ? queued.Events : fixture.Backplane.Events)[0].Payload;
        Assert.Equal(new[] { 1L }, metric.Attributes!["numbers"]);
        Assert.Equal("aaaaaaaaaaaaaaa…", metric.Attributes["text"]);
        Assert.Equal(16, Assert.IsType<long[]>(metric.Attributes["many"]).Length);
    }

    [Fact]
    public async Task Attributes_that_record_a_metric_themselves_do_not_disturb_the_one_they_belong_to()
    {
        var queued = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddSingleton<IDataBackplane>(queued));
        var metrics = fixture.Get<IMetricRecorder>();

        await metrics.RecordAsync("outer", 1, Details with { Attributes = new Dictionary<string, object?> { ["a"] = new Reentrant(() => metrics.RecordAsync("inner", 2, Details).AsTask()) } }, TestContext.Current.CancellationToken);
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Equal([("inner", 2.0), ("outer", 1.0)], queued.Events.Select(envelope => (MetricEvent)envelope.Payload).Select(metric => (metric.MetricName, metric.Value)));
    }

    [Fact]
    public async Task Under_Block_a_metric_awaits_room()
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Bare(FullQueue.Configure, services => services.AddSingleton<IDataBackplane>(stuck));
        var metrics = fixture.Get<IMetricRecorder>();
        await FullQueue.FillAsync(fixture);

        var waiting = metrics.RecordAsync("late", 1, Details, TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        stuck.Gate.SetResult();
        await fixture.Time.AdvanceUntil(waiting, TimeSpan.Zero);

        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal("late", stuck.Events.Select(envelope => envelope.Payload).OfType<MetricEvent>().Single().MetricName);
        Assert.Equal(0, fixture.Get<DropLedger>().Lost);
    }

    [Fact]
    public async Task Under_Block_a_wait_ends_with_its_timeout_or_its_token_and_the_metric_is_counted()
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Bare(FullQueue.Configure, services => services.AddSingleton<IDataBackplane>(stuck));
        var metrics = fixture.Get<IMetricRecorder>();
        await FullQueue.FillAsync(fixture);
        using var cancellation = new CancellationTokenSource();

        var timedOut = metrics.RecordAsync("late", 1, Details, TestContext.Current.CancellationToken).AsTask();
        await fixture.Time.AdvanceUntil(timedOut);
        var cancelled = metrics.RecordAsync("late", 1, Details, cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.True(metrics.RecordAsync("late", 1, Details, cancellation.Token).AsTask().IsCanceled);
        Assert.Equal(2, fixture.Dropped("*", "", DropReasons.Timeout));
        stuck.Gate.SetResult();
    }

    [Fact]
    public async Task Where_nobody_waits_a_metric_without_room_is_counted()
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Bare(
            options => (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents) = (1, 1, false), services => services.AddSingleton<IDataBackplane>(stuck));
        var metrics = fixture.Get<IMetricRecorder>();

        for (var i = 0; i < 100; i++)
        {
            Assert.True(metrics.RecordAsync("purchase", 1, Details).AsTask().IsCompletedSuccessfully);
        }

        Assert.InRange(fixture.Dropped("*", "", DropReasons.QueueFull), 1, 99);
        stuck.Gate.SetResult();
    }

    [Fact]
    public async Task After_the_end_a_metric_is_counted_and_nobody_is_hurt()
    {
        await using var fixture = Recording();
        var metrics = fixture.Get<IMetricRecorder>();
        await fixture.Get<DeliveryPipeline>().DisposeAsync();

        await metrics.RecordAsync("purchase", 1, Details, TestContext.Current.CancellationToken);

        Assert.Equal(1, fixture.Dropped("*", "", DropReasons.Shutdown));
    }

    private static DataPlaneFixture Recording(ISubjectIdentityProvider? provider = null, Action<DataPlaneOptions>? options = null) => DataPlaneFixture.Bare(options ?? (_ => { }), services =>
    {
        services.AddInMemoryDataBackplane();
        if (provider is not null)
        {
            services.AddSingleton(provider);
        }
    });

    private static List<MetricEvent> Recorded(DataPlaneFixture fixture) => [.. fixture.Backplane.Events.Select(envelope => envelope.Payload).OfType<MetricEvent>()];

    private sealed class Reentrant(Func<Task> act) : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider)
        {
            act();
            return "text";
        }
    }
}
