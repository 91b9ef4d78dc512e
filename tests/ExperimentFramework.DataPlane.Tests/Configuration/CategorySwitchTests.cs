using ExperimentFramework.DataPlane.Tests.Delivery;
using ExperimentFramework.DataPlane.Tests.Exposure;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Configuration;

/// <summary>Each switch takes its own category out, for proxies and for applications that publish, and leaves the others.</summary>
public sealed class CategorySwitchTests
{
    [Fact]
    public Task Exposures_are_switched_by_EnableExposureEvents() =>
        Switches(DataPlaneEventType.Exposure, (options, on) => options.EnableExposureEvents = on);

    [Fact]
    public Task Assignments_are_switched_by_EnableAssignmentEvents() =>
        Switches(DataPlaneEventType.Assignment, (options, on) => options.EnableAssignmentEvents = on);

    [Fact]
    public Task Outcomes_are_switched_by_EnableOutcomeEvents() =>
        Switches(DataPlaneEventType.Outcome, (options, on) => options.EnableOutcomeEvents = on);

    [Fact]
    public Task Signals_are_switched_by_EnableAnalysisSignals() =>
        Switches(DataPlaneEventType.AnalysisSignal, (options, on) => options.EnableAnalysisSignals = on);

    [Fact]
    public Task Errors_are_switched_by_EnableErrorEvents() =>
        Switches(DataPlaneEventType.Error, (options, on) => options.EnableErrorEvents = on);

    [Fact]
    public Task Metrics_are_switched_by_EnableMetricEvents() =>
        Switches(DataPlaneEventType.Metric, (options, on) => options.EnableMetricEvents = on);

    [Fact]
    public async Task An_event_of_an_unknown_category_cannot_be_published()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash());

        await Assert.ThrowsAsync<ArgumentException>(async () => await fixture.Get<IEventPublisher>().PublishAsync(
            new UnknownEvent { EventTypeName = "Party", Json = "{}", ExperimentName = "e", Timestamp = DateTimeOffset.UnixEpoch }));
    }

    [Fact]
    public async Task An_account_cannot_be_published_because_the_pipeline_alone_counts()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash());

        await Assert.ThrowsAsync<ArgumentException>(async () => await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Accounting));
    }

    private static async Task Switches(DataPlaneEventType category, Action<DataPlaneOptions, bool> flip)
    {
        var all = Enum.GetValues<DataPlaneEventType>().Except([DataPlaneEventType.Accounting]);
        Assert.Equal(all, await Published(options => flip(options, true)));
        Assert.Equal(all.Where(other => other != category), await Published(options => flip(options, false)));
    }

    /// <summary>What arrives of two events of each category: one by hand each, an exposure and an outcome by a proxy, and a metric by the recorder.</summary>
    private static async Task<IEnumerable<DataPlaneEventType>> Published(Action<DataPlaneOptions> options)
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IMeasured>(trial => trial.AddControl<Measured>()),
            options,
            services => services.AddSingleton<Measured>());
        fixture.Get<IMeasured>().Plain("u1");
        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, new MetricDetails { SubjectId = "u1" });
        var byProxy = fixture.Backplane.Events.Select(envelope => envelope.EventType).ToList();
        foreach (var sample in SampleEvents.Published)
        {
            await fixture.Get<IEventPublisher>().PublishAsync(sample);
        }

        var arrived = fixture.Backplane.Events.Select(envelope => envelope.EventType).Skip(byProxy.Count).ToList();
        Assert.Equal(arrived.Intersect([DataPlaneEventType.Exposure, DataPlaneEventType.Outcome, DataPlaneEventType.Metric]), byProxy.Order());
        Assert.Equal(arrived.Distinct(), arrived);
        return arrived.Order();
    }
}
