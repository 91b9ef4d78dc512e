using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>What a read-out says, over time: its direction, what its p-value is the smallest of, and which subjects it counts.</summary>
public sealed class VerdictTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_broken_split_stays_broken_when_it_can_no_longer_be_tested_and_its_read_outs_stay_hidden()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.01));
        stream.ExposeMany(2_000, shareOfB: 0.3);
        stream.Measure("s1", "purchase", 1);
        stream.Measure("s2", "purchase", 1);
        stream.Now += TimeSpan.FromHours(2);
        stream.Evaluate();
        Assert.Equal(ExperimentState.SampleRatioMismatch, stream.Status.State);

        for (var exposure = 0; exposure < 300_000; exposure++)
        {
            stream.Expose(null, "control");
        }

        Assert.Contains(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.NotTestable);
        Assert.Equal((ExperimentState.SampleRatioMismatch, "no-subjects"), (stream.Status.State, stream.Status.NotTestableReason));
        Assert.Equal(ReadOutState.Untrustworthy, stream.ReadOut("purchase").State);
    }

    [Fact]
    public void A_verdict_has_the_direction_of_the_look_that_found_it()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.5));
        Fill(stream, "early", 500, control: 150, b: 250);
        Assert.Equal(ReadOutVerdict.Higher, stream.ReadOut("purchase").Of("b").Comparison!.Verdict);

        Fill(stream, "late", 500, control: 300, b: 180);
        stream = Restart(stream);

        var comparison = stream.ReadOut("purchase").Of("b").Comparison!;
        Assert.True(comparison.Difference!.Estimate < 0);
        Assert.Equal(ReadOutVerdict.Higher, comparison.Verdict);
    }

    [Fact]
    public void If_only_an_increase_counts_a_decrease_of_rare_conversions_is_no_finding()
    {
        var plan = MeasuredStream.Plan(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.01)) with { Sides = 1 };
        var (lower, higher) = (MeasuredStream.Of(plan), MeasuredStream.Of(plan));
        Fill(lower, "s", 500, control: 150, b: 50);
        Fill(higher, "s", 500, control: 50, b: 150);

        var decrease = lower.ReadOut("purchase").Of("b").Comparison!;
        var increase = higher.ReadOut("purchase").Of("b").Comparison!;
        Assert.Equal((ReadOutVerdict.Undecided, 0.0, null), (decrease.Verdict, decrease.LogPValue, decrease.Lift!.Upper));
        Assert.Equal((ReadOutVerdict.Higher, null), (increase.Verdict, increase.Lift!.Upper));
        Assert.Equal(ConversionRatio.Evaluate([new ConversionStratum(50, 150, 1, 1)], 0.05).LogPValue, increase.LogPValue!.Value, 1e-12);
    }

    [Fact]
    public void The_difference_of_rates_is_that_of_the_rates_that_are_shown()
    {
        // The planned weights say 1 to 1, but chance has given b a tenth more subjects.
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.01));
        for (var subject = 0; subject < 210; subject++)
        {
            stream.Expose("s" + subject, subject < 100 ? "control" : "b");
            if (subject is < 10 or >= 100 and < 111)
            {
                stream.Measure("s" + subject, "purchase", 1);
            }
        }

        Close(stream);

        var (control, b) = (stream.ReadOut("purchase").Of("control"), stream.ReadOut("purchase").Of("b"));
        Assert.Equal(0, b.Comparison!.Difference!.Estimate, 1e-15);
        Assert.Equal(b.Mean!.Value - control.Mean!.Value, b.Comparison.Difference.Estimate, 1e-15);
        Assert.Equal(0.1, b.Comparison.Lift!.Estimate, 1e-12);
    }

    [Fact]
    public void Intervals_stay_tuned_as_they_were_when_a_variant_is_added()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.5));
        Fill(stream, "s", 500, control: 200, b: 230);
        stream.Declare("v2", ("control", 1), ("b", 1), ("c", 1));
        stream.Expose("one", "c", "v2");
        Fill(stream, "t", 500, control: 200, b: 240);
        stream = Restart(stream);

        var readOut = stream.ReadOut("purchase");
        Assert.Equal(0.025, readOut.Alpha);
        var rho = AsymptoticConfidenceSequence.RhoSquared(0.05, 10_000);
        var means = MeanDifference.Evaluate(MeanAccumulator.OfConversions(1_000, 400), MeanAccumulator.OfConversions(1_000, 470), 0.025, 10_000);
        var comparison = readOut.Of("b").Comparison!;
        Assert.Equal(AsymptoticConfidenceSequence.Multiplier(2_000 * rho, 0.025) * means.StandardError, comparison.Difference!.Upper!.Value - comparison.Difference.Estimate, 1e-12);
    }

    [Fact]
    public void Intervals_are_tuned_for_the_planned_sample_although_values_came_before_the_weights()
    {
        var plan = Plans.Conversions() with { PrimaryMetric = Plans.Conversions().PrimaryMetric with { Definition = new MetricDefinition(TimeSpan.FromHours(1), MetricAggregation.Any) } };
        var stream = new MonitoredStream(new ExperimentMonitor(plans: [plan]));
        Fill(stream, "s", 100, control: 20, b: 30);
        stream.Declare();
        Fill(stream, "t", 100, control: 20, b: 30);

        Assert.Equal((2_188, ReadOutState.Shown), (stream.ReadOut("purchase").TuningSubjects, stream.ReadOut("purchase").State));
    }

    [Fact]
    public void The_collected_share_is_that_of_subjects_who_are_counted_and_read_out()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Plan(MeasuredStream.Metric("purchase", MetricAggregation.Any)), new ExperimentMonitorOptions { MaxSubjectSlots = 1_024, MaxImmatureSubjects = 1_024 });
        stream.ExposeMany(8_000);
        var run = stream.Monitor.Read(static (experiment, _) => experiment.CurrentRun!).Single();

        Assert.True(run.Subjects.Halvings > 2);
        Assert.Equal(Math.Pow(2, -run.Subjects.Halvings - run.Outcomes.Windows.Halvings), stream.ReadOut("purchase").CollectedShare);

        // The subjects with open windows are that share of all.
        Assert.InRange(stream.ReadOut("purchase").Immature, 0, 1_024);
    }

    [Fact]
    public void A_metric_that_a_plan_adds_counts_no_value_of_earlier_subjects_as_late()
    {
        var purchase = MeasuredStream.Metric("purchase", MetricAggregation.Any);
        var stream = MeasuredStream.Of(purchase);
        stream.Expose("before", "control");
        var experiment = stream.Monitor.Read(static (experiment, _) => experiment).Single();
        experiment.Use(MeasuredStream.Plan(purchase, MeasuredStream.Metric("revenue", MetricAggregation.Sum)), isGiven: true);
        stream.Measure("before", "revenue", 5);
        stream = Restart(stream, MeasuredStream.Metric("revenue", MetricAggregation.Sum));
        stream.Measure("before", "revenue", 6);
        stream.Expose("after", "control");
        stream.Measure("after", "revenue", 7);
        Close(stream);

        Assert.Equal((0L, 1L, 7.0), (stream.ReadOut("revenue").Late, stream.ReadOut("revenue").Mature, stream.ReadOut("revenue").Of("control").Mean));
    }

    [Fact]
    public void Values_that_hardly_differ_are_no_variance_and_stop_nothing()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("revenue", MetricAggregation.Sum));
        for (var subject = 0; subject < 200; subject++)
        {
            stream.Expose("s" + subject, subject % 2 == 0 ? "control" : "b");
        }

        stream.Measure("s1", "revenue", 1e-161);
        Close(stream);

        Assert.Equal("All subjects of a variant have the same value.", stream.ReadOut("revenue").Of("b").Comparison!.Missing);
        Assert.Equal(0, stream.Monitor.FailedEvents);
        Assert.Equal(ExperimentState.Healthy, stream.Status.State);
    }

    [Fact]
    public void A_time_that_only_an_unbelieved_event_names_closes_no_window()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any));
        stream.Expose("s1", "control");
        stream.Now = MonitoredStream.Start.AddYears(300);
        stream.Expose("future", "control");
        stream.Monitor.Evaluate(stream.Now);
        Assert.Equal((0, 1), (stream.ReadOut("purchase").Mature, stream.Status.UnbelievedSubjects));

        // A clock that has gone on for a month without events is believed.
        stream.Now = MonitoredStream.Start.AddYears(301);
        stream.Monitor.Evaluate(stream.Now);
        Assert.Equal(1, stream.ReadOut("purchase").Mature);
    }

    [Fact]
    public void Outcomes_of_members_beyond_the_first_eight_are_counted()
    {
        var stream = new MonitoredStream().Declare();
        for (var member = 0; member < 10; member++)
        {
            stream.Expose("s" + member, "control");
            stream.End("s" + member, change: outcome => outcome with { OutcomeName = "Member" + member });
        }

        Assert.Equal(2, stream.Status.IgnoredOutcomes);
    }

    [Fact]
    public void Two_subjects_whose_hashes_agree_in_all_bits_that_are_kept_leave_the_snapshot_readable()
    {
        var queue = new SubjectQueue(cells: 1, cursors: 1);
        foreach (var (hash, value) in new[] { (1UL << 60, 1L), (2UL << 60, 2L), ((1UL << 60) + 1, 3L), (3UL << 60, 4L) })
        {
            queue.CellsAt(queue.Add(hash, 0, 0, arrived: value, capacity: 64))[0] = value;
        }

        queue.Cursors[0] = queue.Head + 3;
        using var buffer = new MemoryStream();
        queue.Write(new BinaryWriter(buffer));
        buffer.Position = 0;
        var read = SubjectQueue.Read(new BinaryReader(buffer), cells: 1, cursors: 1);

        Assert.Equal([1L, 2, 4], Enumerable.Range(0, 3).Select(position => read.CellsAt(read.Head + position)[0]));
        Assert.Equal(2, read.Cursors[0] - read.Head);
        Assert.Equal(buffer.Length, buffer.Position);
    }

    [Fact]
    public void Names_of_metrics_that_no_plan_has_any_more_are_forgotten()
    {
        var readers = new MetricReaders();
        var experiment = new MonitoredExperiment(MonitoredStream.Experiment, SubjectTable.MinSlots, []);
        for (var version = 0; version < 1_000; version++)
        {
            experiment.Use(MeasuredStream.Plan(MeasuredStream.Metric("metric" + version, MetricAggregation.Any)), isGiven: true);
            readers.Set(experiment);
        }

        Assert.Single(ByMetric(readers));
        Assert.Single(readers.Of("metric999"));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_byMetric")]
    private static extern ref Dictionary<string, MonitoredExperiment[]> ByMetric(MetricReaders readers);

    private static void Fill(MonitoredStream stream, string prefix, int eachVariant, int control, int b)
    {
        for (var subject = 0; subject < 2 * eachVariant; subject++)
        {
            var isB = subject % 2 == 1;
            stream.Expose(prefix + subject, isB ? "b" : "control");
            if (subject / 2 < (isB ? b : control))
            {
                stream.Measure(prefix + subject, "purchase", 1);
            }
        }

        Close(stream);
    }

    private static void Close(MonitoredStream stream)
    {
        stream.Now += TimeSpan.FromHours(2);
        stream.Monitor.Evaluate(stream.Now);
    }

    private MonitoredStream Restart(MonitoredStream stream, params PlannedMetric[] others)
    {
        var plan = stream.Monitor.Read(static (experiment, _) => experiment.Plan.Plan!).Single();
        var file = new MonitorSnapshotFile(_folder.File("monitor"), new ExperimentMonitorOptions(), [plan with { SecondaryMetrics = others }]);
        file.Write(stream.Monitor);
        var (monitor, fault) = file.Read();
        Assert.Null(fault);
        return new MonitoredStream(monitor) { Now = stream.Now };
    }
}
