namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>What a plan says of the memory that its subjects take.</summary>
public sealed class PlannedMemoryTests
{
    [Theory]
    [InlineData(0.1, SignalSeverity.Warning)]
    [InlineData(0.15, SignalSeverity.Info)]
    public void A_plan_for_looks_at_any_time_warns_if_the_planned_power_takes_more_subjects_than_memory_holds(double effect, SignalSeverity severity)
    {
        var plan = Plans.Means() with { MinimumEffect = effect };
        var sample = PlannedSample.Of(plan, new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })!;
        var stream = new MonitoredStream(new ExperimentMonitor(new ExperimentMonitorOptions { MaxSubjectSlots = 1_024 }, [plan])).Declare();
        stream.Expose("first", "control");

        var declared = Assert.Single(stream.Evaluate());

        Assert.True(sample.Total < 768);
        Assert.Equal((AnalysisSignalType.PlanDeclared, severity), (declared.SignalType, declared.Severity));
        Assert.Equal(severity == SignalSeverity.Warning, declared.Message.Contains($"takes {sample.TotalForPower} subjects, but memory holds 768", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AlwaysValid", 0.2)]
    [InlineData("AlwaysValid", 0.05)]
    [InlineData("FixedHorizon", 0.2)]
    [InlineData("GroupSequential", 0.2)]
    public void A_plan_that_no_number_of_subjects_is_enough_for_says_that_it_needs_a_larger_effect(string schedule, double rate)
    {
        var looks = schedule switch
        {
            "AlwaysValid" => LookSchedule.AlwaysValid,
            "FixedHorizon" => LookSchedule.FixedHorizon,
            _ => LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1),
        };
        var declared = Declared(Plans.Conversions(looks) with { PrimaryMetric = Plans.Conversions().PrimaryMetric with { Baseline = rate }, MinimumEffect = 1e-12 });

        Assert.Equal(SignalSeverity.Warning, declared.Severity);
        Assert.EndsWith("The planned power cannot be reached: it takes more subjects than can be counted. Plan a larger effect.", declared.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_whose_power_only_looks_at_any_time_put_out_of_reach_may_plan_its_looks_instead()
    {
        var declared = Declared(Plans.Means() with { Sides = 1, Alpha = 0.5 - 1e-13, Power = 0.5 + 1e-13 });

        Assert.Equal(SignalSeverity.Warning, declared.Severity);
        Assert.EndsWith("Plan a larger effect or a fixed number of looks.", declared.Message, StringComparison.Ordinal);
    }

    private static AnalysisSignalEvent Declared(AnalysisPlan plan)
    {
        var stream = new MonitoredStream(new ExperimentMonitor(new ExperimentMonitorOptions(), [plan])).Declare();
        stream.Expose("first", "control");
        return Assert.Single(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.PlanDeclared);
    }
}
