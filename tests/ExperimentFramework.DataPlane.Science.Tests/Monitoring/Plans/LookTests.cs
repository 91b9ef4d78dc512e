using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class LookTests
{
    private readonly FakeTimeProvider _time = new(MonitoredStream.Start);
    private readonly InMemoryAnalysisLedger _ledger = new();

    [Fact]
    public async Task Looks_at_an_always_valid_plan_and_without_a_plan_are_recorded_and_never_warned_of()
    {
        foreach (var monitor in new[] { new ExperimentMonitor(plans: [Plans.Conversions()]), new ExperimentMonitor() })
        {
            var (stream, looks) = Watch(monitor);
            for (var look = 0; look < 20; look++)
            {
                stream.ExposeMany(100, prefix: look + "-");
                Assert.True((await looks.LookAsync(MonitoredStream.Experiment, "ada", "interval", cancellationToken: Cancellation)).IsAllowed);
            }

            Assert.DoesNotContain(stream.Evaluate(), IsWarning);
        }

        var recorded = await _ledger.ReadAsync(Cancellation).ToArrayAsync(Cancellation);
        Assert.Equal(40, recorded.Length);
        Assert.Equal(
            new AnalysisLook { Timestamp = MonitoredStream.Start, By = "ada", ExperimentName = MonitoredStream.Experiment, Run = 1, Subjects = 200, Shown = "interval", PlanHash = Plans.Conversions().Hash }, recorded[1]);
        Assert.Null(recorded[39].PlanHash);
    }

    [Fact]
    public async Task An_early_look_at_a_fixed_plan_costs_what_the_tables_say()
    {
        var (stream, looks) = Watch(new ExperimentMonitor(plans: [Plans.Conversions(LookSchedule.FixedHorizon)]));
        var planned = 2_188;
        ExposeAndClose(stream, 0, planned / 2);

        var early = await looks.LookAsync(MonitoredStream.Experiment, "ada", "interval", "purchase", Cancellation);

        // Armitage, McPherson and Rowe (1969), table 2: one look 0.05, two even looks 0.083.
        Assert.Equal((false, "early-look", 2_188L), (early.IsAllowed, early.Reason, early.NextLookAt));
        Assert.Equal(0.05, early.TypeIError!.Value, 1e-9);
        Assert.Equal(0.0831, early.TypeIErrorAtEnd!.Value, 1e-4);
        var warning = Assert.Single(stream.Evaluate(), IsWarning);
        Assert.Equal(("early-look", "purchase", 1_094L, 2_188L, 1), (warning.Data!["reason"], warning.Data["metric"], warning.Data["subjects"], warning.Data["plannedSubjects"], warning.Data["looks"]));
        Assert.Contains("8.3 % instead of 5.0 %", warning.Message.Replace(" ", " ", StringComparison.Ordinal), StringComparison.Ordinal);

        ExposeAndClose(stream, planned / 2, planned);
        var last = await looks.LookAsync(MonitoredStream.Experiment, "ada", "interval", cancellationToken: Cancellation);
        Assert.Equal((true, null, null), (last.IsAllowed, last.Reason, last.NextLookAt));
        Assert.DoesNotContain(stream.Evaluate(), IsWarning);

        ExposeAndClose(stream, planned, planned + 500);
        var again = await looks.LookAsync(MonitoredStream.Experiment, "ada", "interval", cancellationToken: Cancellation);
        Assert.Equal("unplanned-look", again.Reason);
        Assert.Single(stream.Evaluate(), IsWarning);
    }

    [Fact]
    public async Task Looking_ten_times_costs_what_the_tables_say_and_the_same_data_costs_nothing()
    {
        var (stream, looks) = Watch(new ExperimentMonitor(plans: [Plans.Conversions(LookSchedule.FixedHorizon)]));
        LookVerdict? verdict = null;
        var warnings = 0;
        for (var look = 1; look <= 9; look++)
        {
            ExposeAndClose(stream, (look - 1) * 219, look * 219);
            for (var refresh = 0; refresh < 5; refresh++)
            {
                verdict = await looks.LookAsync(MonitoredStream.Experiment, "page", "all", cancellationToken: Cancellation);
            }

            warnings += stream.Evaluate().Count(IsWarning);
        }

        // Ten even looks: 0.193.
        Assert.Equal(0.193, verdict!.TypeIErrorAtEnd!.Value, 1e-3);
        Assert.Equal(9, warnings);
        Assert.Equal(45, await _ledger.ReadAsync(Cancellation).CountAsync(Cancellation));
    }

    [Fact]
    public async Task The_first_look_after_each_planned_time_is_the_planned_one()
    {
        var plan = Plans.Conversions(LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1));
        var (stream, looks) = Watch(new ExperimentMonitor(plans: [plan]));
        var planned = (int)PlannedSample.Of(plan, new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })!.Total;
        List<string?> reasons = [];
        double? errorRate = null;
        foreach (var (from, to) in new[] { (0, planned / 4), (planned / 4, planned * 6 / 10), (planned * 6 / 10, planned * 8 / 10), (planned * 8 / 10, planned) })
        {
            Expose(stream, from, to);

            // A planned look of a sequential plan is at subjects whose windows have closed.
            _time.Advance(TimeSpan.FromDays(8));
            stream.Now = _time.GetUtcNow();
            stream.Evaluate();
            var verdict = await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation);
            reasons.Add(verdict.Reason);
            errorRate = verdict.TypeIErrorAtEnd ?? errorRate;
        }

        Assert.Equal(["early-look", null, "unplanned-look", null], reasons);
        Assert.True(errorRate > 0.05);

        // The ledger has each look with what the plan says of it, and what all looks have spent by then.
        var recorded = await _ledger.ReadAsync(Cancellation).ToArrayAsync(Cancellation);
        Assert.Equal(reasons, recorded.Select(static look => look.Reason));
        var spent = recorded.Select(static look => look.AlphaSpent!.Value).ToArray();
        Assert.Equal(spent.Order(), spent);
        Assert.Equal(0.05, spent[0], 1e-9);
        Assert.True(spent[3] > 0.05);
    }

    [Fact]
    public void The_planned_looks_have_their_subjects_and_what_the_plan_has_spent_by_then()
    {
        var plan = Plans.Conversions(LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1));
        var (stream, _) = Watch(new ExperimentMonitor(plans: [plan]));
        var planned = PlannedSample.Of(plan, new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })!.Total;
        Expose(stream, 0, 100);

        var status = stream.Status.Plan!;

        // Lan and DeMets' function of Pocock's type: alpha ln(1 + (e - 1) t).
        Assert.Equal(0.05, status.Alpha);
        Assert.Equal([1, 2], status.Looks.Select(static look => look.Number));
        Assert.Equal([(planned + 1) / 2, planned], status.Looks.Select(static look => look.Subjects!.Value));
        Assert.Equal(0.05 * Math.Log(1 + ((Math.E - 1) * 0.5)), status.Looks[0].AlphaSpent!.Value, 1e-9);
        Assert.Equal(0.05, status.Looks[1].AlphaSpent!.Value, 1e-12);
        Assert.All(status.Looks, static look => Assert.False(look.IsReached));
    }

    [Fact]
    public async Task A_group_sequential_plan_that_is_kept_has_its_error_rate()
    {
        var plan = Plans.Conversions(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.3, 0.6, 1));
        var judge = new LookRules(plan, 2, 10_000);

        Assert.Equal(0.05, judge.ErrorRates([new PastLook(3_010, 3_010), new PastLook(6_100, 6_100), new PastLook(10_050, 10_050)]).SoFar, 1e-6);
        Assert.Equal(0.05, judge.ErrorRates([new PastLook(3_010, 3_010)]).AtEnd, 1e-6);
        Assert.Null(judge.ReasonAgainst([new PastLook(3_010, 3_010), new PastLook(6_100, 6_100)]));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_look_before_the_minimum_of_the_run_time_is_early()
    {
        var (stream, looks) = Watch(new ExperimentMonitor(plans: [Plans.Conversions(LookSchedule.FixedHorizon) with { MinimumRunTime = TimeSpan.FromDays(7) }]));
        Expose(stream, 0, 2_500);
        Assert.Equal("early-look", (await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation)).Reason);

        _time.Advance(TimeSpan.FromDays(7));

        Assert.True((await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation)).IsAllowed);
    }

    [Fact]
    public async Task A_look_at_a_sample_that_is_not_known_is_early_and_warned_of_once()
    {
        var (stream, looks) = Watch(new ExperimentMonitor(plans: [Plans.Conversions(LookSchedule.FixedHorizon)]), declared: false);
        Expose(stream, 0, 10);
        for (var look = 0; look < 3; look++)
        {
            var verdict = await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation);
            Assert.Equal(("early-look", null, null), (verdict.Reason, verdict.TypeIError, verdict.NextLookAt));
        }

        Assert.Single(stream.Evaluate(), IsWarning);
    }

    [Fact]
    public async Task A_look_at_nobody_is_early_and_harms_no_later_one()
    {
        using var folder = new TemporaryFolder();
        var plan = Plans.Conversions(LookSchedule.FixedHorizon);
        var (stream, looks) = Watch(new ExperimentMonitor(plans: [plan]));
        stream.Expose("u1", "c");
        Assert.Equal("early-look", (await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation)).Reason);

        ExposeAndClose(stream, 0, 1_094);
        Assert.Equal(0.0831, (await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation)).TypeIErrorAtEnd!.Value, 1e-4);

        var file = new MonitorSnapshotFile(folder.File("monitor"), new ExperimentMonitorOptions(), [plan]);
        file.Write(stream.Monitor);
        Assert.Null(file.Read().Fault);
    }

    [Fact]
    public async Task A_run_that_follows_a_reset_has_a_third_of_the_error_rate_for_looks_as_for_read_outs()
    {
        var (stream, looks) = Watch(new ExperimentMonitor(plans: [Plans.Conversions(LookSchedule.FixedHorizon)]));
        Expose(stream, 0, 10);
        stream.Monitor.Reset(MonitoredStream.Experiment, stream.Now);
        ExposeAndClose(stream, 0, 1_094);

        var early = await looks.LookAsync(MonitoredStream.Experiment, "ada", "interval", cancellationToken: Cancellation);

        Assert.Equal(RepeatedLooks.CumulativeTypeIError(0.05 / 3, [0.5, 1])[^1], early.TypeIErrorAtEnd!.Value, 1e-9);
        Assert.Contains("instead of 1.7", Assert.Single(stream.Evaluate(), IsWarning).Message, StringComparison.Ordinal);
        Assert.Equal(0.05 / 3, stream.Monitor.GetReadOuts(MonitoredStream.Experiment)[0].Alpha, 1e-15);
    }

    [Fact]
    public async Task Texts_have_a_length_and_the_experiment_is_monitored()
    {
        var (_, looks) = Watch(new ExperimentMonitor());

        await Assert.ThrowsAsync<ArgumentException>(async () => await looks.LookAsync("chekout", "ada", "all", cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await looks.LookAsync(MonitoredStream.Experiment, " ", "all", cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await looks.LookAsync(MonitoredStream.Experiment, "ada", new string('a', 1_025), cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", " ", Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", new string('a', 1_025), Cancellation));
        Assert.Empty(await _ledger.ReadAsync(Cancellation).ToArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Memory_keeps_the_latest_ten_thousand_looks()
    {
        var look = new AnalysisLook { Timestamp = MonitoredStream.Start, By = "a", ExperimentName = "e", Run = 1, Subjects = 0, Shown = "s" };
        for (var number = 1; number <= InMemoryAnalysisLedger.Capacity + 5; number++)
        {
            await _ledger.RecordAsync(look with { Run = number }, Cancellation);
        }

        Assert.Equal(6, (await _ledger.ReadAsync(Cancellation).FirstAsync(Cancellation)).Run);
        Assert.Equal(InMemoryAnalysisLedger.Capacity, await _ledger.ReadAsync(Cancellation).CountAsync(Cancellation));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static bool IsWarning(AnalysisSignalEvent signal) => signal.SignalType == AnalysisSignalType.PeekingWarning;

    private static void Expose(MonitoredStream stream, int from, int to)
    {
        for (var subject = from; subject < to; subject++)
        {
            stream.Expose("s" + subject, subject % 2 == 0 ? "control" : "b");
            if (subject / 2 % 5 == 0)
            {
                stream.Measure("s" + subject, "purchase", 1);
            }
        }
    }

    /// <summary>Exposes subjects, and lets their windows close: before, a look shows nothing.</summary>
    private void ExposeAndClose(MonitoredStream stream, int from, int to)
    {
        Expose(stream, from, to);
        _time.Advance(TimeSpan.FromDays(8));
        stream.Now = _time.GetUtcNow();
        stream.Monitor.Evaluate(stream.Now);
    }

    private (MonitoredStream Stream, AnalysisLooks Looks) Watch(ExperimentMonitor monitor, bool declared = true)
    {
        var stream = new MonitoredStream(monitor);
        if (declared)
        {
            stream.Declare();
        }
        else
        {
            stream.Expose("first", "control");
        }

        return (stream, new AnalysisLooks(monitor, _ledger, _time));
    }
}
