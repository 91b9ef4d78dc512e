namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Planned looks at metrics on the logarithmic scale.</summary>
public sealed class DurationLookTests
{
    [Fact]
    public void The_effect_of_a_planned_look_is_on_the_logarithmic_scale_like_the_planned_one_and_has_an_interval()
    {
        var plan = Plans.Conversions(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.5, 1)) with
        {
            PrimaryMetric = MeasuredStream.Metric("time", MetricAggregation.Mean, scale: MetricScale.Logarithmic) with { StandardDeviation = 1 },
        };
        var planned = PlannedSample.Of(plan, new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })!.Total;
        var stream = new MonitoredStream(new ExperimentMonitor(plans: [plan])).Declare();
        for (var subject = 0; subject <= planned / 2; subject++)
        {
            var isB = subject % 2 == 1;
            stream.Expose("s" + subject, isB ? "b" : "control");
            stream.Measure("s" + subject, "time", (isB ? 120 : 100) * Math.Exp((subject / 2 % 9) - 4));
        }

        stream.Now += TimeSpan.FromHours(2);
        var look = stream.Evaluate().Single(static signal => signal.SignalType == AnalysisSignalType.SequentialCheckpoint).Data!;

        Assert.Equal(Math.Log(1.2), (double)look["effect"]!, 0.05);
        var (lower, upper) = ((double)look["lower"]!, (double)look["upper"]!);
        Assert.Equal((double)look["effect"]!, (lower + upper) / 2, 1e-12);
        Assert.InRange(upper - lower, 0.1, 2);
    }
}
