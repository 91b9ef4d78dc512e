namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class HostileStreamTests
{
    [Fact]
    public void Experiments_beyond_the_bound_are_ignored_and_counted()
    {
        var monitor = new ExperimentMonitor(new ExperimentMonitorOptions { MaxExperiments = 10 });
        var stream = new MonitoredStream(monitor);
        for (var experiment = 0; experiment < 10_000; experiment++)
        {
            stream.Expose("u1", "control", change: exposure => exposure with { ExperimentName = "e" + experiment });
        }

        Assert.Equal((10, 9_990L), (monitor.GetExperiments().Count, monitor.IgnoredEvents));
    }

    [Fact]
    public void Versions_variants_reasons_builds_days_and_segments_without_end_stay_bounded_and_raise_no_false_alarm()
    {
        var stream = new MonitoredStream(new ExperimentMonitorOptions { MaxSubjectSlots = 1_024 }).Declare();
        var random = new Random(3);
        for (var subject = 0; subject < 20_000; subject++)
        {
            stream.Now = MonitoredStream.Start.AddDays(random.Next(-400, 400));
            stream.Expose("s" + subject, random.Next(2) == 0 ? "control" : "b", "v" + random.Next(1, 3_000), exposure => exposure with
            {
                TenantId = "t" + subject,
                SubjectType = "type" + (subject % 100),
                SelectionReason = "reason" + subject,
                VariantBuild = new Guid(subject, 0, 0, new byte[8]),
            });
            stream.Expose("x" + subject, "variant" + subject, null, exposure => exposure with { SelectionReason = "reason" + subject });
            stream.Declare("v" + subject);
        }

        stream.Evaluate();

        Assert.Equal(64, stream.Status.Variants.Count);
        Assert.True(stream.Status.Excluded.Count <= 33);
        Assert.True(stream.Status.SelectionReasons.Count <= 33);
        Assert.Equal(40_000, stream.Status.SelectionReasons.Values.Sum());
        Assert.True(stream.Status.SubjectsHeld <= 768);
        Assert.NotEqual(ExperimentState.SampleRatioMismatch, stream.Status.State);
    }

    [Fact]
    public void A_stream_that_is_read_twice_counts_nobody_twice()
    {
        var stream = new MonitoredStream(new ExperimentMonitorOptions { MaxSubjectSlots = 1_024 }).Declare();
        stream.ExposeMany(20_000);
        var once = stream.Status;
        stream.ExposeMany(20_000);

        Assert.Equal((once.Subjects, once.SubjectsHeld), (stream.Status.Subjects, stream.Status.SubjectsHeld));
        Assert.Equal(once.Variants.Select(static variant => variant.Subjects), stream.Status.Variants.Select(static variant => variant.Subjects));
    }

    [Fact]
    public void Long_subjects_and_broken_data_are_taken()
    {
        var stream = new MonitoredStream().Declare();
        stream.Expose(new string('x', 64 * 1024), "control");
        stream.Observe(new UnknownEvent { ExperimentName = MonitoredStream.Experiment, Timestamp = stream.Now, EventTypeName = "Future", Json = "{}" });
        stream.Observe(Error(null));
        stream.Observe(Error(new Dictionary<string, object?> { ["experiment"] = "x", ["count"] = 3L }));
        stream.Observe(Error(new Dictionary<string, object?>
        {
            ["experiment"] = new object?[] { MonitoredStream.Experiment, null }, ["variant"] = new[] { "b" }, ["eventType"] = new[] { "Exposure" }, ["count"] = new object?[] { "many", double.NaN },
        }));
        stream.Observe(new AnalysisSignalEvent
        {
            ExperimentName = MonitoredStream.Experiment,
            Timestamp = stream.Now,
            SignalType = AnalysisSignalType.AllocationDeclared,
            Severity = SignalSeverity.Info,
            Message = "Declared.",
            Data = new Dictionary<string, object?> { ["allocationVersion"] = 5, ["weight:control"] = "much" },
        });

        Assert.Equal((1, 1L), (stream.Status.Subjects, stream.Monitor.UnknownEvents));
        Assert.Empty(stream.Evaluate());

        static ErrorEvent Error(Dictionary<string, object?>? data) =>
            new() { ExperimentName = "*", Timestamp = MonitoredStream.Start, Source = "x", Message = "x", Data = data };
    }

    [Theory]
    [InlineData(0, 1 << 20, 1, "MaxExperiments")]
    [InlineData(100_001, 1 << 20, 1, "MaxExperiments")]
    [InlineData(1, 512, 1, "MaxSubjectSlots")]
    [InlineData(1, 1 << 25, 1, "MaxSubjectSlots")]
    [InlineData(1, 1_025, 1, "MaxSubjectSlots")]
    [InlineData(1, 1_024, 0, "HostCount")]
    [InlineData(1, 1_024, 10_001, "HostCount")]
    public void Options_out_of_range_are_refused_by_name(int experiments, int slots, int hosts, string name)
    {
        var refusal = Assert.ThrowsAny<ArgumentException>(() => new ExperimentMonitor(new ExperimentMonitorOptions { MaxExperiments = experiments, MaxSubjectSlots = slots, HostCount = hosts }));

        Assert.StartsWith(name, refusal.Message, StringComparison.Ordinal);
    }
}
