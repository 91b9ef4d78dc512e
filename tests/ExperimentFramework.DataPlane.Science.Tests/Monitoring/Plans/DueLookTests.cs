using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>When a planned look is there: the table of planned looks and the signals say the same, and so does the judgement of a look, except that a plan with a fixed horizon allows one before its test is made.</summary>
public sealed class DueLookTests
{
    private const int Planned = 2_188;

    private static readonly TimeSpan Window = TimeSpan.FromDays(7);

    private readonly FakeTimeProvider _time = new(MonitoredStream.Start);

    [Fact]
    public async Task A_complete_sample_is_not_reached_before_the_minimum_run_time_is_over()
    {
        var (stream, looks) = Watch(Plans.Conversions(LookSchedule.FixedHorizon) with { MinimumRunTime = TimeSpan.FromDays(14) });
        Expose(stream, 0, Planned);
        var end = MonitoredStream.Start.AddDays(14);

        At(stream, end.AddTicks(-1));
        stream.Evaluate();
        Assert.False(Assert.Single(stream.Status.Plan!.Looks).IsReached);
        Assert.Equal(end, stream.Status.Plan.LooksNotBefore);
        var early = await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation);
        Assert.Equal((false, "early-look", end, null), (early.IsAllowed, early.Reason, early.NextLookNotBefore, early.NextLookAt));
        Assert.False(Assert.Single(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.PeekingWarning).Data!.ContainsKey("plannedSubjects"));

        At(stream, end);
        stream.Evaluate();
        Assert.True(Assert.Single(stream.Status.Plan.Looks).IsReached);
        Assert.Null(stream.Status.Plan.LooksNotBefore);
        var allowed = await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation);
        Assert.Equal((true, null), (allowed.IsAllowed, allowed.NextLookNotBefore));
    }

    [Fact]
    public async Task The_test_of_a_fixed_plan_is_reached_when_it_is_made_and_results_may_be_seen_before()
    {
        var (stream, looks) = Watch(Plans.Conversions(LookSchedule.FixedHorizon));
        Expose(stream, 0, Planned);
        At(stream, MonitoredStream.Start.AddDays(1));

        Assert.DoesNotContain(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.SequentialCheckpoint);
        Assert.False(Assert.Single(stream.Status.Plan!.Looks).IsReached);
        Assert.True((await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation)).IsAllowed);

        At(stream, MonitoredStream.Start + Window + TimeSpan.FromMinutes(5));
        Assert.Contains(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.SequentialCheckpoint);
        Assert.True(Assert.Single(stream.Status.Plan.Looks).IsReached);
    }

    [Fact]
    public async Task A_planned_look_of_a_sequential_plan_is_there_once_the_windows_of_its_subjects_have_closed()
    {
        var (stream, looks) = Watch(Plans.Conversions(LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1)));
        Expose(stream, 0, 500);
        At(stream, MonitoredStream.Start + TimeSpan.FromDays(3));
        var planned = (int)stream.Status.Plan!.PlannedSubjects!.Value;
        Expose(stream, 500, planned);
        At(stream, MonitoredStream.Start + Window + TimeSpan.FromMinutes(5));

        // All subjects are counted, and the windows of 500 have closed: no planned look is there.
        Assert.DoesNotContain(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.SequentialCheckpoint);
        Assert.All(stream.Status.Plan.Looks, static look => Assert.False(look.IsReached));
        var early = await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation);
        Assert.Equal((false, "early-look", (planned + 1L) / 2, true), (early.IsAllowed, early.Reason, early.NextLookAt, early.CountsClosedWindows));
        Assert.Equal(planned, early.Look.Subjects);

        At(stream, MonitoredStream.Start + TimeSpan.FromDays(3) + Window + TimeSpan.FromMinutes(5));
        Assert.Contains(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.SequentialCheckpoint);
        Assert.All(stream.Status.Plan.Looks, static look => Assert.True(look.IsReached));
        Assert.True((await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation)).IsAllowed);
    }

    [Theory]
    [InlineData("FixedHorizon")]
    [InlineData("GroupSequential")]
    public void One_evaluation_after_the_last_event_makes_the_planned_look_of_the_windows_that_it_closes(string schedule)
    {
        var (stream, _) = Watch(Plans.Conversions(ScheduleOf(schedule)));
        for (var subject = 0; subject < 2 * Planned; subject++)
        {
            stream.Expose("s" + subject, subject % 2 == 0 ? "control" : "b");
            if (subject / 2 % (subject % 2 == 0 ? 5 : 3) == 0)
            {
                stream.Measure("s" + subject, "purchase", 1);
            }
        }

        At(stream, MonitoredStream.Start + Window + TimeSpan.FromDays(1));
        var signals = stream.Evaluate();

        // Of several looks that are due, the last is made.
        var look = Assert.Single(signals, static signal => signal.SignalType == AnalysisSignalType.SequentialCheckpoint).Data!;
        Assert.NotNull(look["pValue"]);
        Assert.Equal(schedule == "FixedHorizon" ? 1 : 2, look["look"]);
        Assert.Single(signals, static signal => signal.SignalType == AnalysisSignalType.PowerThresholdMet);
        Assert.Equal(ReadOutVerdict.Higher, stream.ReadOut("purchase").Of("b").Comparison!.Verdict);
        Assert.All(stream.Status.Plan!.Looks, static look => Assert.True(look.IsReached));
        Assert.Empty(stream.Evaluate());
    }

    [Theory]
    [InlineData("FixedHorizon")]
    [InlineData("GroupSequential")]
    public async Task A_planned_look_that_was_made_stays_reached_when_a_variant_is_added_and_is_not_planned_again(string schedule)
    {
        var (stream, looks) = Watch(Plans.Conversions(ScheduleOf(schedule)));
        Expose(stream, 0, 4 * Planned);
        At(stream, MonitoredStream.Start + Window + TimeSpan.FromDays(1));
        Assert.Contains(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.SequentialCheckpoint);
        Assert.True((await LookAsync(looks)).IsAllowed);

        Expose(stream, 4 * Planned, 5 * Planned);
        At(stream, stream.Now.AddDays(2));
        stream.Declare("v2", ("control", 1), ("b", 1), ("c", 1));
        ExposeThree(stream, 9_000);

        // The windows of c are open, so it cannot be compared. Those of more subjects of the former weights have closed.
        At(stream, stream.Now.AddDays(-2) + Window + TimeSpan.FromMinutes(5));
        stream.Evaluate();
        Assert.All(stream.Status.Plan!.Looks, static look => Assert.True(look.IsReached));
        Assert.Equal("unplanned-look", (await LookAsync(looks)).Reason);

        At(stream, stream.Now.AddDays(2));
        stream.Evaluate();
        Assert.All(stream.Status.Plan!.Looks, static look => Assert.True(look.IsReached));
        Assert.Equal("unplanned-look", (await LookAsync(looks)).Reason);
    }

    [Fact]
    public void A_planned_look_is_planned_once_although_a_look_in_between_reached_fewer()
    {
        PastLook[] looks = [new(5_000, 5_000), new(6_000, 0), new(7_000, 7_000)];
        LookRules rules = new(Plans.Conversions(LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1)), 1, 10_000);

        Assert.Equal("unplanned-look", rules.ReasonAgainst(looks));
        Assert.Null(rules.ReasonAgainst([.. looks, new(10_000, 10_000)]));
        Assert.Equal(rules.ErrorRates([.. looks, new(10_000, 10_000)]).SoFar, rules.ErrorRates(looks).AtEnd, 1e-9);
    }

    [Fact]
    public void Looks_before_the_plan_was_edited_count_as_what_they_are_under_the_present_plan()
    {
        PastLook[] looks = [new(300, 300), new(500, 500)];
        var earlier = RulesOf(100);
        var larger = RulesOf(1_000);
        var present = RulesOf(500);

        // 300 subjects were more than enough for a plan of 100, use up no look of a plan of 1,000, and the first one of a plan of 500.
        Assert.Equal("unplanned-look", earlier.ReasonAgainst(looks));
        Assert.Null(larger.ReasonAgainst(looks));
        Assert.Null(larger.ReasonAgainst([.. looks, new(1_000, 1_000)]));
        Assert.Equal(larger.ErrorRates([.. looks, new(1_000, 1_000)]).SoFar, larger.ErrorRates(looks).AtEnd, 1e-9);
        Assert.Equal("unplanned-look", present.ReasonAgainst([looks[0], new(400, 400)]));
        Assert.Null(present.ReasonAgainst(looks));

        static LookRules RulesOf(long planned) => new(Plans.Conversions(LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1)), 1, planned);
    }

    [Fact]
    public async Task A_look_at_a_fixed_plan_that_shows_nothing_costs_nothing_and_the_first_that_shows_something_is_the_planned_one()
    {
        var (stream, looks) = Watch(Plans.Conversions(LookSchedule.FixedHorizon));
        Expose(stream, 0, 1_000);
        At(stream, MonitoredStream.Start.AddDays(1));
        stream.Evaluate();
        var early = await LookAsync(looks);
        Assert.Equal(("early-look", Planned, null, null), (early.Reason, early.NextLookAt, early.TypeIErrorAtEnd, early.Look.AlphaSpent));

        Expose(stream, 1_000, Planned);
        var complete = await LookAsync(looks);
        Assert.Equal((true, null, null, null), (complete.IsAllowed, complete.Reason, complete.NextLookAt, complete.Look.AlphaSpent));

        Expose(stream, Planned, 3_000);
        At(stream, MonitoredStream.Start.AddDays(1) + Window + TimeSpan.FromMinutes(5));
        stream.Evaluate();
        var first = await LookAsync(looks);
        Assert.Equal((true, null), (first.IsAllowed, first.Reason));
        Assert.Equal(0.05, first.Look.AlphaSpent!.Value, 1e-9);
    }

    [Fact]
    public async Task A_look_before_any_window_has_closed_shows_nothing_and_costs_nothing()
    {
        var (stream, looks) = Watch(Plans.Conversions(LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1)));
        Expose(stream, 0, 1_000);

        var look = await looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation);

        Assert.Equal(("early-look", null, null), (look.Reason, look.TypeIErrorAtEnd, look.Look.AlphaSpent));
        Assert.Contains("No window of the primary metric had closed yet, so this look costs nothing.", Assert.Single(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.PeekingWarning).Message, StringComparison.Ordinal);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static LookSchedule ScheduleOf(string name) => name == "FixedHorizon" ? LookSchedule.FixedHorizon : LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1);

    private static ValueTask<LookVerdict> LookAsync(AnalysisLooks looks) => looks.LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: Cancellation);

    private static void ExposeThree(MonitoredStream stream, int subjects)
    {
        for (var subject = 0; subject < subjects; subject++)
        {
            stream.Expose("three" + subject, (subject % 3) switch { 0 => "control", 1 => "b", _ => "c" }, "v2");
            if (subject / 3 % 5 == 0)
            {
                stream.Measure("three" + subject, "purchase", 1);
            }
        }
    }

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

    private void At(MonitoredStream stream, DateTimeOffset time)
    {
        stream.Now = time;
        _time.SetUtcNow(time);
    }

    private (MonitoredStream Stream, AnalysisLooks Looks) Watch(AnalysisPlan plan)
    {
        var monitor = new ExperimentMonitor(plans: [plan]);
        return (new MonitoredStream(monitor).Declare(), new AnalysisLooks(monitor, new InMemoryAnalysisLedger(), _time));
    }
}
