namespace ExperimentFramework.DataPlane.Science.Tests;

/// <content>Comparisons that are chosen when values are there.</content>
public sealed partial class PlanChangeTests
{
    [Theory]
    [InlineData("sides")]
    [InlineData("control")]
    [InlineData("metric")]
    public async Task What_is_chosen_when_values_are_there_is_not_tested_by_them_and_looks_so_far_count(string change)
    {
        var before = Plan(LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1));
        var order = before.PrimaryMetric with { Name = "order" };
        before = before with { SecondaryMetrics = [order] };
        var after = change switch
        {
            "sides" => before with { Sides = 1 },
            "control" => before with { Control = "b" },
            _ => before with { PrimaryMetric = order, SecondaryMetrics = [before.PrimaryMetric] },
        };
        var (half, all) = (Math.Max(TotalOf(before), TotalOf(after)) / 2 + 1, Math.Max(TotalOf(before), TotalOf(after)) + 1);
        var stream = Stream(before).Declare();
        Expose(stream, 0, half, "purchase", "order");
        Assert.Equal([1], Checkpoints(Close(stream)));
        Assert.True((await LookAsync(stream)).IsAllowed);

        var edited = Restart(Restart(stream, after), after);
        Expose(edited, half, half + 20, "purchase", "order");
        Assert.Empty(Checkpoints(Close(edited)));
        var look = await LookAsync(edited);
        Assert.Equal("unplanned-look", look.Reason);
        Assert.InRange(look.TypeIErrorAtEnd!.Value, 0.051, 0.12);

        Expose(edited, half + 20, all, "purchase", "order");
        Assert.Equal([2], Checkpoints(Close(edited)));
        Assert.Equal([true, true], edited.Status.Plan!.Looks.Select(static look => look.IsReached));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_planned_before_the_first_exposure_is_tested_by_all_values_although_the_plan_was_another_in_between(bool isEvaluated)
    {
        var first = Plan(LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1));
        var (half, all) = (TotalOf(first) / 2 + 1, TotalOf(first) + 1);
        var stream = Stream(first).Declare();
        Expose(stream, 0, half);
        Assert.Equal([1], Checkpoints(Close(stream)));
        var edited = Restart(stream, first with { Sides = 1 });
        Expose(edited, half, all);
        if (isEvaluated)
        {
            Assert.Equal([2], Checkpoints(Close(edited)));
        }

        edited.Now += TimeSpan.FromHours(2);
        Expose(edited, all, all + 1);

        Assert.Equal([2], Checkpoints(Close(Restart(edited, first))));
    }

    [Fact]
    public void A_comparison_that_is_chosen_again_after_another_one_is_not_tested_by_the_values_that_are_there()
    {
        var first = Plan(LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1)) with { SecondaryMetrics = [Plan(LookSchedule.FixedHorizon).PrimaryMetric with { Name = "order" }] };
        var second = first with { PrimaryMetric = first.SecondaryMetrics[0], SecondaryMetrics = [first.PrimaryMetric] };
        var half = TotalOf(first) / 2 + 1;
        var stream = Stream(first).Declare();
        Expose(stream, 0, 2, "purchase", "order");

        // Chosen before there were values, then left, once for another plan and once for none.
        stream = Restart(Restart(stream, second), first);
        Expose(stream, 2, half, "purchase", "order");
        Assert.Equal([1], Checkpoints(Close(stream)));
        Assert.Empty(Checkpoints(Close(Restart(stream, second))));
        Assert.Empty(Checkpoints(Close(Restart(Restart(stream), second))));
    }

    [Fact]
    public void Values_that_a_comparison_leaves_out_do_not_count_as_tested_when_it_is_chosen()
    {
        var plan = Plan(LookSchedule.FixedHorizon);
        var stream = Stream(plan).Declare("uneven", ("control", 99), ("b", 1)).Declare();
        for (var subject = 0; subject < 1_500; subject++)
        {
            stream.Expose("u" + subject, subject % 100 == 0 ? "b" : "control", "uneven");
        }

        Expose(stream, 0, 200);
        Assert.Empty(Checkpoints(Close(stream)));

        var edited = Restart(stream, plan with { Sides = 1 });
        Expose(edited, 200, TotalOf(plan with { Sides = 1 }) + 1);

        Assert.Equal([1], Checkpoints(Close(edited)));
    }
}
