using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Metrics;

/// <summary>The rules of metrics are the same however one is recorded, and each refusal names the metric and what is wrong.</summary>
public sealed class MetricRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, double, MetricDetails, string> Refused => new()
    {
        { "", 1, new MetricDetails(), "The metric name '' is empty." },
        { "pur\nchase", 1, new MetricDetails(), "The metric name 'pur\ufffdchase' contains a control character." },
        { "pur\ud800chase", 1, new MetricDetails(), "contains half of a surrogate pair" },
        { "purchase", double.NaN, new MetricDetails(), "The value of metric 'purchase' is NaN; it must be a finite number." },
        { "purchase", double.NegativeInfinity, new MetricDetails(), "The value of metric 'purchase' is -Infinity; it must be a finite number." },
        { "purchase", 1, new MetricDetails { Unit = "EUR " }, "The unit 'EUR ' of metric 'purchase' begins or ends with white space." },
        { "purchase", 1, new MetricDetails { Unit = "\udc00" }, "of metric 'purchase' contains half of a surrogate pair" },
        { "purchase", 1, new MetricDetails { IdempotencyKey = new string('a', 1_025) }, "The idempotency key of metric 'purchase' has 1025 characters; at most 1024 are allowed. Use a hash of it." },
        { "purchase", 1, new MetricDetails { Timestamp = default(DateTimeOffset) }, "The time of metric 'purchase' is 0001-01-01T00:00:00.0000000Z; it must not be before 1970." },
        { "purchase", 1, new MetricDetails { Timestamp = DateTimeOffset.UnixEpoch.AddTicks(-1) }, "it must not be before 1970." },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_metric_that_no_analysis_can_use_is_refused_whether_it_is_recorded_or_published(string metric, double value, MetricDetails details, string message)
    {
        await using var fixture = Recording();

        var recorded = await Assert.ThrowsAsync<ArgumentException>(
            async () => await fixture.Get<IMetricRecorder>().RecordAsync(metric, value, details with { SubjectId = "u1" }, Token));
        var published = await Assert.ThrowsAsync<ArgumentException>(
            async () => await fixture.Get<IEventPublisher>().PublishAsync(
                Metric(metric, value) with { Unit = details.Unit, IdempotencyKey = details.IdempotencyKey, Timestamp = details.Timestamp ?? Now }, Token));

        Assert.Contains(message, recorded.Message, StringComparison.Ordinal);
        Assert.Contains(message, published.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Backplane.Events);
    }

    [Fact]
    public async Task An_empty_unit_means_none_as_an_empty_key_does()
    {
        await using var fixture = Recording();

        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, new MetricDetails { SubjectId = "u1", Unit = "", IdempotencyKey = "" }, Token);
        await fixture.Get<IEventPublisher>().PublishAsync(Metric("purchase", 1) with { Unit = "", IdempotencyKey = "" }, Token);

        Assert.Equal(2, Recorded(fixture).Count);
        Assert.All(Recorded(fixture), metric => Assert.Equal((null, null), (metric.Unit, metric.IdempotencyKey)));
    }

    [Fact]
    public async Task A_time_from_1970_on_is_kept_and_so_are_ids_in_the_order_of_time()
    {
        await using var fixture = Recording();

        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, new MetricDetails { SubjectId = "u1", Timestamp = DateTimeOffset.UnixEpoch }, Token);
        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, new MetricDetails { SubjectId = "u1" }, Token);

        Assert.Equal([DateTimeOffset.UnixEpoch, fixture.Time.GetUtcNow()], Recorded(fixture).Select(metric => metric.Timestamp));
        var ids = fixture.Backplane.Events.Select(envelope => envelope.EventId.ToString()).ToArray();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public async Task Any_event_that_happened_before_1970_is_refused_with_its_type_and_experiment()
    {
        await using var fixture = Recording();

        var error = await Assert.ThrowsAsync<ArgumentException>(
            async () => await fixture.Get<IEventPublisher>().PublishAsync(Delivery.SampleEvents.Outcome with { Timestamp = default }, Token));

        Assert.Contains("The Timestamp of an OutcomeEvent of experiment 'exp' is 0001-01-01T00:00:00.0000000Z; it must not be before 1970.", error.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Backplane.Events);
    }

    [Fact]
    public void A_clock_that_is_before_1970_gives_ids_that_sort_before_all_others()
    {
        var ids = new EventIds();

        Assert.True(string.CompareOrdinal(ids.Create(default, 1).ToString(), ids.Create(DateTimeOffset.UnixEpoch.AddMilliseconds(1), 0).ToString()) < 0);
    }

    [Theory]
    [InlineData(null, RedactionMode.None)]
    [InlineData("", RedactionMode.None)]
    [InlineData("u1", RedactionMode.Placeholder)]
    [InlineData("u1", RedactionMode.Omit)]
    public async Task A_published_metric_that_cannot_be_joined_is_counted_and_logged_as_a_recorded_one(string? subject, RedactionMode mode)
    {
        await using var fixture = Recording(options => options.PiiRedaction.SubjectId = mode);

        await fixture.Get<IEventPublisher>().PublishAsync(Metric("purchase", 1) with { SubjectId = subject }, Token);

        Assert.Empty(fixture.Backplane.Events);
        Assert.Equal(1, fixture.Dropped("*", "", DropReasons.NoSubject));
        Assert.Single(fixture.Logs, record => record.Id.Name == (mode == RedactionMode.None ? "MetricSubjectUnknown" : "MetricSubjectRedacted"));
    }

    [Fact]
    public async Task Where_metrics_are_switched_off_a_published_one_is_neither_counted_nor_logged()
    {
        await using var fixture = Recording(options => options.EnableMetricEvents = false);

        await fixture.Get<IEventPublisher>().PublishAsync(Metric("purchase", 1) with { SubjectId = null }, Token);

        Assert.Equal(0, fixture.Dropped("*", "", DropReasons.NoSubject));
        Assert.Empty(fixture.Logs);
    }

    [Fact]
    public async Task Health_recovers_by_the_remedy_that_it_names()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:PiiRedaction:SubjectId", "Omit")]).Build();
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane().AddSingleton<IConfiguration>(configuration));
        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, new MetricDetails { SubjectId = "u1" }, Token);
        Assert.Contains("EnableMetricEvents to false", (await HealthAsync()).Description, StringComparison.Ordinal);

        Switch("false");
        Assert.False((await HealthAsync()).IsDegraded);
        Switch("true");
        Assert.True((await HealthAsync()).IsDegraded);

        ValueTask<BackplaneHealth> HealthAsync() => fixture.Get<IEventPublisher>().HealthAsync(Token);

        void Switch(string value)
        {
            configuration["DataPlane:EnableMetricEvents"] = value;
            configuration.Reload();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_metric_without_the_type_that_exposures_in_this_process_have_is_a_warning_once(bool isPublished)
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });

        await RecordAsync("u1", null);
        Assert.Empty(Warnings());
        fixture.Get<IGreeter>().Greet("u1");
        await RecordAsync("u1", "user");
        Assert.Empty(Warnings());
        await RecordAsync("u1", isPublished ? "" : null);
        await RecordAsync("u2", null);

        Assert.Contains("have 'user', so it cannot be joined with them", Assert.Single(Warnings()), StringComparison.Ordinal);
        Assert.Equal(4, Recorded(fixture).Count);

        ValueTask RecordAsync(string subject, string? type) => isPublished
            ? fixture.Get<IEventPublisher>().PublishAsync(Metric("purchase", 1) with { SubjectId = subject, SubjectType = type }, Token)
            : fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, new MetricDetails { SubjectId = subject, SubjectType = type }, Token);

        string[] Warnings() => [.. fixture.Logs.Where(record => record.Id.Name == "MetricWithoutSubjectType").Select(record => record.Message)];
    }

    private static MetricEvent Metric(string name, double value) => new()
    {
        ExperimentName = ExperimentNames.All,
        MetricName = name,
        Value = value,
        SubjectId = "u1",
        SubjectType = "user",
        Timestamp = Now,
    };

    private static DataPlaneFixture Recording(Action<DataPlaneOptions>? options = null) =>
        DataPlaneFixture.Bare(options ?? (_ => { }), services => services.AddInMemoryDataBackplane());

    private static List<MetricEvent> Recorded(DataPlaneFixture fixture) => [.. fixture.Backplane.Events.Select(envelope => envelope.Payload).OfType<MetricEvent>()];
}
