using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Plans that are edited, removed, read again or given late, with the counts of before.</summary>
public sealed partial class PlanChangeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Planned_looks_that_are_edited_are_counted_by_the_new_plan_and_the_snapshot_is_read_again()
    {
        var before = Plan(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.5, 1));
        var after = Plan(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.1, 0.25, 0.5, 1)) with { MinimumEffect = 0.2 };
        var stream = Stream(before).Declare();
        var (planned, larger) = (TotalOf(before), TotalOf(after));
        Expose(stream, 0, planned / 2 + 1);
        Assert.Equal([1], Checkpoints(Close(stream)));

        // The subjects of the look of before are between the first and the third look of the new plan, which is nothing new.
        Assert.InRange((planned / 2.0) / larger, 0.25, 0.49);
        var edited = Restart(stream, after);
        Assert.Empty(Checkpoints(Close(edited)));
        Expose(edited, planned / 2 + 1, larger / 2 + 1);
        Assert.Equal([3], Checkpoints(Close(edited)));
        var again = Restart(edited, after);
        Expose(again, larger / 2 + 1, larger + 1);
        var last = Close(again).Single(IsCheckpoint);
        Assert.Equal(4, last.Data!["look"]);
        Assert.Equal(
            GroupSequentialBoundaries.FromSpending(SpendingFunction.OBrienFleming, 0.05, 2, [(planned / 2 + 1) / (double)larger, (larger / 2 + 1) / (double)larger, (larger + 1) / (double)larger]).Upper[^1],
            (double)last.Data["boundary"]!,
            1e-9);
    }

    [Fact]
    public void A_look_that_was_made_at_another_primary_metric_does_not_count_as_reached()
    {
        var before = Plan(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.5, 1));
        var stream = Stream(before).Declare();
        Expose(stream, 0, TotalOf(before) / 2 + 1);
        Assert.Equal([1], Checkpoints(Close(stream)));
        Assert.Equal([true, false], stream.Status.Plan!.Looks.Select(static look => look.IsReached));

        var edited = Restart(stream, before with { PrimaryMetric = before.PrimaryMetric with { Name = "order" } });
        edited.Evaluate();

        Assert.Equal([false, false], edited.Status.Plan!.Looks.Select(static look => look.IsReached));
    }

    [Fact]
    public async Task Another_primary_metric_begins_without_looks_and_so_does_the_former_one_if_it_was_not_collected_in_between()
    {
        var first = Plan(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.5, 1));
        var second = first with { PrimaryMetric = first.PrimaryMetric with { Name = "order" } };
        var half = TotalOf(first) / 2 + 1;
        var stream = Stream(first).Declare();
        Expose(stream, 0, half);
        Assert.Equal([1], Checkpoints(Close(stream)));
        Assert.True((await LookAsync(stream)).IsAllowed);
        Expose(stream, half, half + 100);
        Close(stream);
        Assert.Equal("unplanned-look", (await LookAsync(stream)).Reason);
        Assert.Single(stream.Evaluate(), IsPeeking);

        var edited = Restart(stream, second);
        await ExpectEarlyLookAndThenTheFirst(edited, half + 100, "order");

        var back = Restart(edited, first);
        await ExpectEarlyLookAndThenTheFirst(back, 3 * half, "purchase");

        async Task ExpectEarlyLookAndThenTheFirst(MonitoredStream stream, int from, string metric)
        {
            // A few subjects are an early look, whatever was seen of the former metric.
            Expose(stream, from, from + 200, metric);
            Assert.Empty(Checkpoints(Close(stream)));
            Assert.Equal([false, false], stream.Status.Plan!.Looks.Select(static look => look.IsReached));
            var early = await LookAsync(stream);
            Assert.Equal(("early-look", half - 1L), (early.Reason, early.NextLookAt));
            Assert.NotNull(early.TypeIErrorAtEnd);
            Assert.Equal("early-look", Assert.Single(stream.Evaluate(), IsPeeking).Data!["reason"]);

            Expose(stream, from + 200, from + half, metric);
            var look = Assert.Single(Close(stream), IsCheckpoint);
            Assert.Equal((metric, 1), (look.Data!["metric"], look.Data["look"]));
            Assert.Equal(GroupSequentialBoundaries.FromSpending(SpendingFunction.OBrienFleming, 0.05, 2, [half / (double)TotalOf(first)]).Upper[^1], (double)look.Data["boundary"]!, 1e-9);
            Assert.Equal([true, false], stream.Status.Plan.Looks.Select(static planned => planned.IsReached));
            Assert.True((await LookAsync(stream)).IsAllowed);
        }

        static bool IsPeeking(AnalysisSignalEvent signal) => signal.SignalType == AnalysisSignalType.PeekingWarning && (string?)signal.Data!["reason"] != "plan-changed";
    }

    [Fact]
    public async Task A_planned_look_is_planned_once_although_the_plan_was_edited_since()
    {
        var before = Plan(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.5, 1));
        var stream = Stream(before).Declare();
        Expose(stream, 0, TotalOf(before) / 2 + 1);
        Assert.Equal([1], Checkpoints(Close(stream)));
        Assert.True((await LookAsync(stream)).IsAllowed);

        var edited = Restart(stream, before with { EndsAt = MonitoredStream.Start.AddDays(90) });
        Expose(edited, TotalOf(before) / 2 + 1, TotalOf(before) / 2 + 100);
        Assert.Empty(Checkpoints(Close(edited)));

        Assert.Equal([true, false], edited.Status.Plan!.Looks.Select(static look => look.IsReached));
        Assert.Equal("unplanned-look", (await LookAsync(edited)).Reason);
    }

    [Fact]
    public void Fewer_planned_looks_lose_none_that_is_still_to_come()
    {
        var stream = Stream(Plan(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.1, 0.2, 0.3, 1))).Declare();
        var planned = TotalOf(Plan(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.1, 0.2, 0.3, 1)));
        for (var look = 1; look <= 3; look++)
        {
            Expose(stream, planned * (look - 1) / 10 + look - 1, planned * look / 10 + look);
            Assert.Equal([look], Checkpoints(Close(stream)));
        }

        var fewer = Plan(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.2, 1));
        var edited = Restart(stream, fewer);
        Expose(edited, planned * 3 / 10 + 3, TotalOf(fewer) + 1);

        Assert.Equal([2], Checkpoints(Close(edited)));
    }

    [Fact]
    public void A_plan_that_is_removed_after_the_first_exposure_is_said_once_and_so_is_its_return_and_next_removal()
    {
        var plan = Plan(LookSchedule.AlwaysValid);
        var stream = Stream(plan).Declare();
        stream.Expose("u1", "control");
        stream.Evaluate();

        var removed = Restart(stream);
        var signal = Assert.Single(removed.Evaluate());
        Assert.Equal((AnalysisSignalType.PeekingWarning, "plan-changed", "plan", plan.Hash), (signal.SignalType, signal.Data!["reason"], signal.Data["setting"], signal.Data["plannedValue"]));
        Assert.Empty(removed.Evaluate());
        Assert.Empty(Restart(removed).Evaluate());
        var back = Restart(removed, plan);
        Assert.Empty(back.Evaluate());
        Assert.Single(Restart(back).Evaluate());
    }

    [Fact]
    public void A_plan_that_is_first_given_after_exposures_is_said_once()
    {
        var stream = new MonitoredStream().Declare();
        stream.Expose("u1", "control");
        stream.Evaluate();

        var given = Restart(stream, Plan(LookSchedule.AlwaysValid));

        Assert.Equal(
            [(AnalysisSignalType.PlanDeclared, null), (AnalysisSignalType.PeekingWarning, "plan")],
            given.Evaluate().Select(static signal => (signal.SignalType, signal.Data!.GetValueOrDefault("setting") as string)));
        Assert.Empty(Restart(given, Plan(LookSchedule.AlwaysValid)).Evaluate());
    }

    [Fact]
    public void A_shorter_minimum_of_the_run_time_is_a_decisive_change()
    {
        var plan = Plan(LookSchedule.AlwaysValid) with { MinimumRunTime = TimeSpan.FromDays(7) };
        var stream = Stream(plan).Declare();
        stream.Expose("u1", "control");
        stream.Evaluate();

        var changed = Restart(stream, plan with { MinimumRunTime = TimeSpan.Zero }).Evaluate();

        Assert.Equal("minimumRunTime", changed.Single(static signal => signal.SignalType == AnalysisSignalType.PeekingWarning).Data!["setting"]);
    }

    [Fact]
    public void A_declaration_that_is_older_than_the_plan_in_force_is_not_followed_and_what_was_collected_stays()
    {
        var first = Plan(LookSchedule.AlwaysValid);
        var second = first with { Version = 2, SecondaryMetrics = [MeasuredStream.Metric("order", MetricAggregation.Any)] };
        var (firstDeclared, secondDeclared) = (Declared(first, MonitoredStream.Start), Declared(second, MonitoredStream.Start.AddDays(1)));
        var stream = new MonitoredStream().Declare();
        stream.Observe(firstDeclared);
        stream.Observe(secondDeclared);
        Expose(stream, 0, 10);
        foreach (var older in new[] { firstDeclared, Declared(second with { Alpha = 0.01 }, MonitoredStream.Start.AddHours(1)) })
        {
            stream.Observe(older);
        }

        stream = Restart(stream);
        stream.Observe(firstDeclared);
        stream.Now += TimeSpan.FromHours(2);
        stream.Evaluate();

        Assert.Equal(second.Hash, stream.Status.Plan!.Hash);
        Assert.Equal(10, stream.ReadOut("order").Mature);
        Assert.Equal(0, stream.Monitor.UnknownEvents);
    }

    [Fact]
    public void One_exposure_of_old_or_unknown_weights_does_not_take_over_the_plan()
    {
        var stream = Stream(Plan(LookSchedule.FixedHorizon)).Declare("old", ("control", 9), ("b", 1)).Declare();
        stream.ExposeMany(1_000);
        var planned = stream.Status.Plan!.PlannedSubjects;
        stream.Expose("late", "control", "old");
        stream.Expose("stray", "control", "undeclared");
        Assert.Equal(planned, stream.Status.Plan!.PlannedSubjects);

        var restarted = Restart(stream, Plan(LookSchedule.FixedHorizon));
        Assert.Equal(planned, restarted.Status.Plan!.PlannedSubjects);
        restarted.Declare("new", ("control", 9), ("b", 1));
        for (var subject = 0; subject < 600; subject++)
        {
            restarted.Expose("n" + subject, subject % 10 == 0 ? "b" : "control", "new");
        }

        Assert.Equal(PlannedSample.Of(Plan(LookSchedule.FixedHorizon), new Dictionary<string, double> { ["control"] = 9, ["b"] = 1 })!.Total, restarted.Status.Plan!.PlannedSubjects);
    }

    private static AnalysisPlan Plan(LookSchedule looks) => Plans.Conversions(looks) with
    {
        PrimaryMetric = Plans.Conversions().PrimaryMetric with { Definition = new MetricDefinition(TimeSpan.FromHours(1), MetricAggregation.Any) },
    };

    private static int TotalOf(AnalysisPlan plan) => (int)PlannedSample.Of(plan, new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })!.Total;

    private static MonitoredStream Stream(AnalysisPlan plan) => new(new ExperimentMonitor(plans: [plan]));

    private static void Expose(MonitoredStream stream, int from, int to, params string[] metrics)
    {
        metrics = metrics is [] ? ["purchase"] : metrics;
        for (var subject = from; subject < to; subject++)
        {
            stream.Expose("s" + subject, subject % 2 == 1 ? "b" : "control");
            if (subject / 2 % 4 == 0)
            {
                for (var metric = 0; metric < metrics.Length; metric++)
                {
                    stream.Measure("s" + subject, metrics[metric], 1, id: new Guid(1_000_000 + subject, (short)metric, 0, new byte[8]));
                }
            }
        }
    }

    private static AnalysisSignalEvent[] Close(MonitoredStream stream)
    {
        stream.Now += TimeSpan.FromHours(2);
        return [.. stream.Evaluate()];
    }

    private static IEnumerable<int> Checkpoints(IEnumerable<AnalysisSignalEvent> signals) => signals.Where(IsCheckpoint).Select(static signal => (int)signal.Data!["look"]!);

    private static bool IsCheckpoint(AnalysisSignalEvent signal) => signal.SignalType == AnalysisSignalType.SequentialCheckpoint;

    private static ValueTask<LookVerdict> LookAsync(MonitoredStream stream)
    {
        FakeTimeProvider time = new(stream.Now);
        return new AnalysisLooks(stream.Monitor, new InMemoryAnalysisLedger(), time).LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: TestContext.Current.CancellationToken);
    }

    private static AnalysisSignalEvent Declared(AnalysisPlan plan, DateTimeOffset at)
    {
        var source = Stream(plan).Declare();
        source.Expose("u1", "control");
        source.Now = at;
        return source.Evaluate().Single(static signal => signal.SignalType == AnalysisSignalType.PlanDeclared);
    }

    /// <summary>The same counts in a process that has other plans.</summary>
    private MonitoredStream Restart(MonitoredStream stream, params AnalysisPlan[] plans)
    {
        new MonitorSnapshotFile(_folder.File("monitor"), new ExperimentMonitorOptions()).Write(stream.Monitor);
        var (monitor, fault) = new MonitorSnapshotFile(_folder.File("monitor"), new ExperimentMonitorOptions(), plans).Read();
        Assert.Null(fault);
        return new MonitoredStream(monitor) { Now = stream.Now };
    }
}
