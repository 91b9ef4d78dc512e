namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Planned looks count the subjects that the comparison includes, and wait until it can be made.</summary>
public sealed class WaitingLookTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Subjects_of_weights_that_the_comparison_leaves_out_do_not_bring_the_planned_test_nearer()
    {
        var stream = new MonitoredStream(new ExperimentMonitor(plans: [Rates(MetricEstimator.MeanDifference)]));
        stream.Declare("ramp", ("control", 99), ("b", 1)).Declare();
        for (var subject = 0; subject < 1_500; subject++)
        {
            Add(stream, subject, subject % 100 == 99, "purchase", subject % 5 == 0 ? 1 : null, "ramp");
        }

        AddRates(stream, 0, 688, every: 5);
        Assert.Empty(Close(stream));
        AddRates(stream, 688, 2_187, every: 5);
        Assert.Empty(Close(stream));
        AddRates(stream, 2_187, 2_188, every: 5);

        var look = Assert.Single(Close(stream));
        Assert.Equal((2_188L, 2_188L, 1.0), (look.Data!["subjects"], look.Data["plannedSubjects"], look.Data["informationTime"]));
        Assert.NotNull(look.Data["pValue"]);
        Assert.Equal(1, stream.ReadOut("purchase").Of("b").Comparison!.Versions);
    }

    [Fact]
    public void The_power_is_that_of_the_subjects_that_the_comparison_includes()
    {
        var stream = new MonitoredStream(new ExperimentMonitor(plans: [Rates(MetricEstimator.MeanDifference)]));
        stream.Declare("ramp", ("control", 99), ("b", 1)).Declare();
        for (var subject = 0; subject < 1_500; subject++)
        {
            Add(stream, subject, subject % 100 == 99, "purchase", subject % 5 == 0 ? 1 : null, "ramp");
        }

        AddRates(stream, 0, 1_600, every: 4);
        Assert.Empty(Close(stream, AnalysisSignalType.PowerThresholdMet));
        AddRates(stream, 1_600, 2_188, every: 4);

        Assert.Equal(2_188L, Assert.Single(Close(stream, AnalysisSignalType.PowerThresholdMet)).Data!["subjects"]);
    }

    [Fact]
    public void The_test_of_a_fixed_plan_waits_until_the_smaller_variant_has_enough_subjects()
    {
        var plan = Plans.Means() with
        {
            Looks = LookSchedule.FixedHorizon,
            MinimumEffect = 0.07,
            PrimaryMetric = Plans.Means().PrimaryMetric with { Definition = new MetricDefinition(TimeSpan.FromHours(1), Cap: 200) },
        };
        var stream = new MonitoredStream(new ExperimentMonitor(plans: [plan])).Declare(MonitoredStream.Version, ("control", 9), ("b", 1));
        AddRevenue(stream, 0, 3_500);
        Assert.Empty(Close(stream));
        Assert.InRange(stream.Status.Plan!.PlannedSubjects!.Value, 2_000, 3_500);

        AddRevenue(stream, 3_500, 5_000);

        Assert.Equal(5_000L, Assert.Single(Close(stream)).Data!["subjects"]);
        Assert.Equal(ReadOutVerdict.Higher, stream.ReadOut("revenue").Of("b").Comparison!.Verdict);
        AddRevenue(stream, 5_000, 6_000);
        Assert.Empty(Close(stream));

        static void AddRevenue(MonitoredStream stream, int from, int to)
        {
            for (var subject = from; subject < to; subject++)
            {
                var isB = subject % 10 == 9;
                Add(stream, subject, isB, "revenue", (isB ? 60 : 50) + (subject / 10 % 2 == 0 ? 10 : -10));
            }
        }
    }

    [Fact]
    public void The_test_of_an_exact_ratio_waits_until_the_smaller_variant_can_be_expected_to_have_20_conversions()
    {
        var plan = Rates(MetricEstimator.ConversionRatio, baseline: 0.01) with { MinimumEffect = 2 };
        var stream = new MonitoredStream(new ExperimentMonitor(plans: [plan])).Declare();
        AddRates(stream, 0, 3_800, every: 100);
        Assert.Empty(Close(stream));
        Assert.InRange(stream.Status.Plan!.PlannedSubjects!.Value, 1_000, 3_800);

        AddRates(stream, 3_800, 4_000, every: 100);

        Assert.NotNull(Assert.Single(Close(stream)).Data!["pValue"]);
    }

    [Fact]
    public void A_variant_that_joins_later_is_waited_for()
    {
        var plan = Rates(MetricEstimator.MeanDifference) with { Looks = LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1) };
        var stream = new MonitoredStream(new ExperimentMonitor(plans: [plan])).Declare().Declare("three", ("control", 1), ("b", 1), ("c", 1));
        AddRates(stream, 0, 1_000, every: 5);
        var half = (int)Math.Ceiling(PlannedSample.Of(plan, new Dictionary<string, double> { ["control"] = 1, ["b"] = 1, ["c"] = 1 })!.Total * 0.5);
        AddThree(0, half - 1);
        Assert.Empty(Close(stream));
        Assert.All(stream.Status.Plan!.Looks, static look => Assert.False(look.IsReached));

        AddThree(half - 1, half);

        var looks = Close(stream);
        Assert.Equal(["b", "c"], looks.Select(static look => look.Data!["variant"]));
        Assert.All(looks, look => Assert.Equal((1, (long)half), (look.Data!["look"], look.Data["subjects"])));
        Assert.Equal([true, false], stream.Status.Plan!.Looks.Select(static look => look.IsReached));

        void AddThree(int from, int to)
        {
            for (var subject = from; subject < to; subject++)
            {
                stream.Expose("t" + subject, new[] { "control", "b", "c" }[subject % 3], "three");
                if (subject / 3 % 5 == 0)
                {
                    stream.Measure("t" + subject, "purchase", 1);
                }
            }
        }
    }

    [Fact]
    public void The_verdict_of_a_look_at_one_metric_is_not_that_of_another()
    {
        var revenue = new PlannedMetric { Name = "revenue", Definition = new MetricDefinition(TimeSpan.FromHours(1)), Baseline = 50, StandardDeviation = 105 };
        var first = Rates(MetricEstimator.MeanDifference) with { Looks = LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.5, 1), SecondaryMetrics = [revenue] };
        var second = first with { PrimaryMetric = revenue, SecondaryMetrics = [first.PrimaryMetric] };
        var stream = new MonitoredStream(new ExperimentMonitor(plans: [first])).Declare();
        AddBoth(stream, 0, 1_600);
        Assert.Single(Close(stream));
        Assert.Equal(ReadOutVerdict.Higher, Verdict(stream, "purchase"));
        Assert.Equal(ReadOutVerdict.Higher, Verdict(Restart(stream, first), "purchase"));
        var other = Restart(stream, first with { Sides = 1 });
        Assert.DoesNotContain(Close(other), static signal => signal.SignalType == AnalysisSignalType.SequentialCheckpoint);
        Assert.Equal(ReadOutVerdict.Undecided, Verdict(other, "purchase"));
        Assert.Equal(ReadOutVerdict.Higher, Verdict(Restart(other, first), "purchase"));

        stream = Restart(stream, second);
        Assert.Equal(ReadOutVerdict.Undecided, Verdict(stream, "revenue"));
        AddBoth(stream, 1_600, 3_000);
        Assert.Equal(2, Assert.Single(Close(stream)).Data!["look"]);

        Assert.Equal(ReadOutVerdict.Lower, Verdict(stream, "revenue"));
        Assert.Equal(ReadOutVerdict.Lower, Verdict(Restart(stream, second), "revenue"));
        var back = Restart(stream, first);
        Assert.Equal(ReadOutVerdict.Higher, Verdict(back, "purchase"));
        Assert.Equal(ReadOutVerdict.Lower, Verdict(Restart(back, second), "revenue"));

        static ReadOutVerdict Verdict(MonitoredStream stream, string metric) => stream.ReadOut(metric).Of("b").Comparison!.Verdict;

        static void AddBoth(MonitoredStream stream, int from, int to)
        {
            for (var subject = from; subject < to; subject++)
            {
                var isB = subject % 2 == 1;
                Add(stream, subject, isB, "purchase", subject / 2 % (isB ? 2 : 4) == 0 ? 1 : null);
                Add(stream, subject, isB, "revenue", (isB ? 40 : 50) + (subject / 2 % 2 == 0 ? 20 : -20));
            }
        }
    }

    private static AnalysisPlan Rates(MetricEstimator estimator, double baseline = 0.2) => Plans.Conversions(LookSchedule.FixedHorizon) with
    {
        PrimaryMetric = Plans.Conversions().PrimaryMetric with { Definition = new MetricDefinition(TimeSpan.FromHours(1), MetricAggregation.Any), Baseline = baseline, Estimator = estimator },
    };

    private static void AddRates(MonitoredStream stream, int from, int to, int every)
    {
        for (var subject = from; subject < to; subject++)
        {
            Add(stream, subject, subject % 2 == 1, "purchase", subject / 2 % every == 0 ? 1 : null);
        }
    }

    private static void Add(MonitoredStream stream, int subject, bool isB, string metric, double? value, string version = MonitoredStream.Version)
    {
        var id = version + subject;
        stream.Expose(id, isB ? "b" : "control", version);
        if (value is { } number)
        {
            stream.Measure(id, metric, number, id: new Guid(1_000_000 + subject, (short)metric.Length, (short)version.Length, new byte[8]));
        }
    }

    private static AnalysisSignalEvent[] Close(MonitoredStream stream, AnalysisSignalType type = AnalysisSignalType.SequentialCheckpoint)
    {
        stream.Now += TimeSpan.FromHours(2);
        return [.. stream.Evaluate().Where(signal => signal.SignalType == type)];
    }

    private MonitoredStream Restart(MonitoredStream stream, AnalysisPlan plan)
    {
        new MonitorSnapshotFile(_folder.File("monitor"), new ExperimentMonitorOptions()).Write(stream.Monitor);
        var (monitor, fault) = new MonitorSnapshotFile(_folder.File("monitor"), new ExperimentMonitorOptions(), [plan]).Read();
        Assert.Null(fault);
        return new MonitoredStream(monitor) { Now = stream.Now };
    }
}
