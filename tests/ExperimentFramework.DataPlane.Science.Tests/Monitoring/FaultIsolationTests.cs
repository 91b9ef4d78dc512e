using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>A fault of one experiment, or of one event, stops neither the stream nor other experiments, and is thrown once.</summary>
public sealed class FaultIsolationTests
{
    [Fact]
    public void An_event_that_cannot_be_counted_stops_no_other_and_is_thrown_once_with_the_name_of_its_experiment()
    {
        var stream = new MonitoredStream(new ExperimentMonitorOptions { SegmentAttributes = { "country" } }).Declare().Declare("other", MonitoredStream.Version);
        for (var subject = 0; subject < 600; subject++)
        {
            stream.Expose("s" + subject, subject % 2 == 0 ? "control" : "b", change: static exposure => exposure with { Attributes = new ThrowingAttributes() });
            stream.Expose("s" + subject, subject % 2 == 0 ? "control" : "b", change: static exposure => exposure with { ExperimentName = "other" });
        }

        var thrown = Assert.Throws<AggregateException>(() => stream.Monitor.Evaluate(stream.Now));

        Assert.Contains(MonitoredStream.Experiment, Assert.IsType<InvalidOperationException>(Assert.Single(thrown.InnerExceptions)).Message, StringComparison.Ordinal);
        Assert.Equal(600, stream.Monitor.FailedEvents);
        Assert.Equal(600, stream.Monitor.GetExperiments().Single(static status => status.Name == "other").Subjects);
        stream.Evaluate();
    }

    [Fact]
    public async Task The_read_model_says_at_which_experiment_the_monitor_failed_and_when_it_evaluated_last()
    {
        var stream = new MonitoredStream(new ExperimentMonitorOptions { SegmentAttributes = { "country" } }).Declare().Declare("other", MonitoredStream.Version);
        var model = new MonitorReadModel(stream.Monitor, ReadModelSource.OfFiles("events"));
        Assert.Null((await model.GetExperimentsAsync(TestContext.Current.CancellationToken)).EvaluatedAt);
        stream.Expose("s", "control", change: static exposure => exposure with { Attributes = new ThrowingAttributes() });
        Assert.Throws<AggregateException>(() => stream.Monitor.Evaluate(stream.Now));

        var overview = await model.GetExperimentsAsync(TestContext.Current.CancellationToken);

        Assert.Equal((1L, stream.Now), (overview.FailedEvents, overview.EvaluatedAt));
        Assert.Equal([(MonitoredStream.Experiment, true), ("other", false)], overview.Experiments.Select(static experiment => (experiment.Name, experiment.HasFailed)));
        var failed = (await model.GetExperimentAsync(MonitoredStream.Experiment, TestContext.Current.CancellationToken))!;
        Assert.Equal((true, stream.Now), (failed.HasFailed, failed.EvaluatedAt));
        Assert.False((await model.GetExperimentAsync("other", TestContext.Current.CancellationToken))!.HasFailed);
    }

    [Fact]
    public void An_experiment_whose_state_is_broken_stops_no_metric_and_no_account_of_another_one()
    {
        var purchase = MeasuredStream.Metric("purchase", MetricAggregation.Any);
        var plan = MeasuredStream.Plan(purchase);
        var stream = new MonitoredStream(new ExperimentMonitor(null, [plan with { ExperimentName = "a" }, plan with { ExperimentName = "b" }])).Declare("a", "v1").Declare("b", "v1");
        foreach (var experiment in new[] { "a", "b" })
        {
            stream.Expose("u1", "control", change: exposure => exposure with { ExperimentName = experiment });
        }

        var broken = stream.Monitor.Read(static (experiment, _) => experiment).Single(static experiment => experiment.Name == "a");
        WindowsOf(broken.CurrentRun!.Outcomes) = null!;
        stream.Measure("u1", "purchase", 1);
        LostOf(broken) = null!;
        var account = MonitoredStream.Account("p1");
        stream.Observe(account with { Drops = [new AccountedDrops { ExperimentName = "b", VariantKey = "control", EventType = "Exposure", Reason = "queue_full", Count = 3 }] });
        stream.Now += TimeSpan.FromHours(2);

        var thrown = Assert.Throws<AggregateException>(() => stream.Monitor.Evaluate(stream.Now));

        Assert.Single(thrown.InnerExceptions);
        Assert.Equal(2, stream.Monitor.FailedEvents);
        var other = stream.Monitor.Read(static (experiment, _) => experiment).Single(static experiment => experiment.Name == "b");
        Assert.Equal((3, 1L), (other.Lost.Total, Assert.Single(stream.Monitor.GetReadOuts("b")).Of("control").Conversions));
    }

    [Fact]
    public void An_evaluation_that_fails_while_events_arrive_fails_once_in_256_subjects_and_counts_them_all()
    {
        var stream = MeasuredStream.Of(Plans.Conversions());
        stream.Expose("u1", "control");
        PublishedPlanOf(stream.Monitor.Read(static (experiment, _) => experiment).Single().Plan) = null!;
        stream.ExposeMany(1_024);

        Assert.Equal(1_025, stream.Monitor.Read(static (experiment, _) => experiment.CurrentRun!.Counts.Total()).Single());
        Assert.Equal(4, stream.Monitor.FailedEvents);
    }

    [Fact]
    public void A_fault_while_windows_close_does_not_keep_the_split_from_being_tested()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any));
        for (var subject = 0; subject < 200; subject++)
        {
            stream.Expose("s" + subject, "control");
        }

        Assert.NotEqual(ExperimentState.SampleRatioMismatch, stream.Status.State);
        WindowsOf(stream.Monitor.Read(static (experiment, _) => experiment).Single().CurrentRun!.Outcomes) = null!;
        stream.Now += TimeSpan.FromHours(2);

        Assert.Single(Assert.Throws<AggregateException>(() => stream.Monitor.Evaluate(stream.Now)).InnerExceptions);

        Assert.Contains(stream.Monitor.TakeSignals(), static signal => signal.SignalType == AnalysisSignalType.SampleRatioMismatch);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_windows")]
    private static extern ref OpenWindows WindowsOf(RunOutcomes outcomes);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Lost>k__BackingField")]
    private static extern ref LostExposures LostOf(MonitoredExperiment experiment);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Settings>k__BackingField")]
    private static extern ref SortedDictionary<string, string> PublishedPlanOf(PlanRecord record);
}
