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

    [Fact]
    public void A_plan_whose_power_takes_more_subjects_than_can_be_counted_says_that_it_cannot_be_reached()
    {
        var stream = new MonitoredStream(new ExperimentMonitor(new ExperimentMonitorOptions(), [Plans.Conversions() with { MinimumEffect = 1e-12 }])).Declare();
        stream.Expose("first", "control");

        var declared = Assert.Single(stream.Evaluate());

        Assert.Equal(SignalSeverity.Warning, declared.Severity);
        Assert.Contains("The planned power cannot be reached: it takes more subjects than can be counted.", declared.Message, StringComparison.Ordinal);
    }
}
