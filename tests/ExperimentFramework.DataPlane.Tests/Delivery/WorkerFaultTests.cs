using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Whatever code of the application throws in a worker, the worker goes on and every event is accounted for.</summary>
public sealed class WorkerFaultTests
{
    private const int Events = 40;

    private static readonly string[] Calls =
    [
        "clock: time", "clock: timestamp", "clock: timer", "logger: enabled", "logger: log", "redactor", "key provider", "attributes", "metrics",
        "destination: publish", "destination: publish, later", "destination: flush", "destination: health", "answer: count", "answer: item",
        "outbox: append", "outbox: read", "outbox: remove",
    ];

    public enum When
    {
        First,
        Second,
        EveryThird,
        Always,
    }

    public static MatrixTheoryData<string, When, bool> Cells { get; } = new(Calls, Enum.GetValues<When>(), [false, true]);

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task A_call_of_the_applications_code_that_throws_loses_nothing_silently(string call, When when, bool hasOutbox)
    {
        var calls = new ForeignCalls();
        var clock = new ForeignClock(calls, new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var backplane = new ForeignBackplane(calls);
        await using var provider = Provider(calls, clock, backplane, hasOutbox);
        var publisher = provider.GetRequiredService<EventPublisher>();
        var (metrics, drops) = (provider.GetRequiredService<DeliveryMetrics>(), provider.GetRequiredService<DropLedger>());
        using var listener = new ForeignListener(calls, provider.GetRequiredService<IMeterFactory>());

        calls.Throws = (name, number) => name == call && when switch
        {
            When.First => number == 1,
            When.Second => number == 2,
            When.EveryThird => number % 3 == 0,
            _ => true,
        };
        for (var i = 0; i < Events; i++)
        {
            await publisher.PublishAsync(Exposure(calls));
        }

        await clock.AdvanceUntil(publisher.FlushAsync().AsTask());
        var health = publisher.HealthAsync().AsTask();
        await clock.AdvanceUntil(health);

        // The loops are alive: what is published once the calls work again is delivered.
        calls.Throws = (_, _) => false;
        var before = backplane.Taken.Count;
        await publisher.PublishAsync(Exposure(calls));
        await clock.AdvanceUntil(() => backplane.Taken.Count > before && (provider.GetService<IEventOutbox>()?.Count(nameof(ForeignBackplane)) ?? 0) == 0);
        await clock.AdvanceUntil(publisher.FlushAsync().AsTask());
        await clock.AdvanceUntil(publisher.Pipeline.DisposeAsync().AsTask());

        Assert.Equal(Events + 1, metrics.Published);
        Assert.Equal(Events + 1, publisher.Pipeline.Destinations[0].Delivered + drops.Lost);
    }

    [Fact]
    public async Task Every_call_that_the_tests_name_is_made()
    {
        var calls = new ForeignCalls();
        var clock = new ForeignClock(calls, new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var provider = Provider(calls, clock, new ForeignBackplane(calls), hasOutbox: true);
        var publisher = provider.GetRequiredService<EventPublisher>();
        using var listener = new ForeignListener(calls, provider.GetRequiredService<IMeterFactory>());
        for (var i = 0; i < Events; i++)
        {
            await publisher.PublishAsync(Exposure(calls));
            await clock.AdvanceUntil(publisher.FlushAsync().AsTask());
        }

        await clock.AdvanceUntil(publisher.HealthAsync().AsTask());
        await clock.AdvanceUntil(publisher.Pipeline.DisposeAsync().AsTask());

        Assert.Equal(Calls.Order(StringComparer.Ordinal), calls.Made.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_answer_whose_list_is_a_default_array_is_a_failed_attempt_and_shows()
    {
        var backplane = new ScriptedBackplane(_ => BatchResult.FromStatuses(default(ImmutableArray<DeliveryStatus>)));
        await using var fixture = DataPlaneFixture.Bare(options => options.EnableErrorEvents = false, services => services.AddSingleton<IDataBackplane>(backplane));
        var publisher = fixture.Get<IEventPublisher>();
        for (var i = 0; i < 500; i++)
        {
            await publisher.PublishAsync(SampleEvents.Exposure);
        }

        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());

        Assert.Equal(500, fixture.Dropped("exp", "b", DropReasons.RetriesExhausted));
        Assert.False((await publisher.HealthAsync()).IsHealthy);
        Assert.Single(fixture.Logs, record => record.Message.Contains("is failing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_status_that_does_not_exist_is_a_passing_failure()
    {
        var answers = 0;
        var backplane = new ScriptedBackplane(_ => answers++ == 0 ? BatchResult.FromStatuses([(DeliveryStatus)42]) : BatchResult.Delivered);
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddSingleton<IDataBackplane>(backplane));

        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure);
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());

        Assert.Equal((2, 1L, 0L), (answers, fixture.Get<DeliveryPipeline>().Destinations[0].Delivered, fixture.Get<DropLedger>().Lost));
    }

    [Fact]
    public async Task What_a_loop_meets_and_does_not_expect_is_logged_once_counted_and_shown_in_health_until_it_has_worked_for_a_minute()
    {
        var time = new FakeTimeProvider();
        var logger = new Microsoft.Extensions.Logging.Testing.FakeLogger();
        var faults = new WorkerFaults("pipeline", time, NonThrowingLogger.Of(logger));
        Assert.Null(faults.DegradedReason);

        Assert.False(faults.Guard(() => throw new FormatException("odd")));
        Assert.False(faults.Guard(() => throw new FormatException("odd")));
        Assert.True(faults.Guard(() => { }));

        Assert.Equal(2, faults.Count);
        Assert.Equal("The worker of pipeline caught an unexpected exception and continued: odd", faults.DegradedReason);
        Assert.Equal(LogLevel.Error, Assert.Single(logger.Collector.GetSnapshot()).Level);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(faults.Guard(() => { }));
        Assert.Null(faults.DegradedReason);
        await Task.CompletedTask;
    }

    private static ServiceProvider Provider(ForeignCalls calls, ForeignClock clock, ForeignBackplane backplane, bool hasOutbox)
    {
        var privacy = new ForeignPrivacy(calls);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock).AddMetrics().AddSingleton<IDataBackplane>(backplane);
        services.AddSingleton<IExposureRedactor>(privacy).AddSingleton<IPseudonymKeyProvider>(privacy);
        services.AddLogging(logging => logging.ClearProviders().AddProvider(new ForeignLogger(calls)));
        services.AddDataBackplane(options =>
        {
            (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents, options.EnableAccountingEvents) = (1_000, 4, false, false);

            // One step of the clock, so that the cells in which everything is tried as often as it may be take no longer than others.
            (options.Retry.BaseDelay, options.Retry.MaxDelay) = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100));
            options.PiiRedaction.SubjectId = RedactionMode.Pseudonym;
            options.PiiRedaction.Fields["email"] = RedactionMode.Custom;
        });
        if (hasOutbox)
        {
            services.AddSingleton<IEventOutbox>(new ForeignOutbox(calls));
        }

        return services.BuildServiceProvider();
    }

    private static ExposureEvent Exposure(ForeignCalls calls) => SampleEvents.Exposure with { Attributes = new ForeignAttributes(calls) };
}
