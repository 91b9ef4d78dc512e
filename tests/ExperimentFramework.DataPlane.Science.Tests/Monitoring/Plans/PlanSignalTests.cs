namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>What the monitor says of a plan: that it is in force, that it was changed, and how far the experiment has come with it.</summary>
public sealed class PlanSignalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_plan_is_declared_once_at_the_first_exposure_and_its_hash_is_in_every_signal()
    {
        var plan = Plans.Conversions() with { Version = 3, Owner = "team" };
        var stream = Stream(plan).Declare();
        Assert.Empty(stream.Evaluate());
        stream.Expose("u1", "control");

        var declared = Assert.Single(stream.Evaluate());

        Assert.Equal((AnalysisSignalType.PlanDeclared, SignalSeverity.Info), (declared.SignalType, declared.Severity));
        Assert.Equal((3, plan.Hash, "team", 2_188L, 1L), (declared.Data!["version"], declared.Data["planHash"], declared.Data["owner"], declared.Data["plannedSubjects"], declared.Data["subjects"]));
        Assert.Equal(("0.05", "7.00:00:00", "purchase"), (declared.Data["setting:alpha"], declared.Data["setting:window"], declared.Data["setting:metric"]));
        Assert.Empty(stream.Evaluate());

        stream.ExposeMany(4_000, lossOfB: 0.4);
        Assert.All(stream.Evaluate(), signal => Assert.Equal(plan.Hash, signal.Data!["planHash"]));
    }

    [Fact]
    public void A_monitor_of_stored_events_follows_the_plan_in_the_stream_unless_it_has_one()
    {
        var plan = Plans.Conversions(LookSchedule.FixedHorizon) with { Version = 2, Segments = ["country"] };
        var source = Stream(plan).Declare();
        source.Expose("u1", "control");
        var declared = Through(Assert.Single(source.Evaluate()));

        var follower = new MonitoredStream().Declare();
        follower.Expose("u1", "control");
        follower.Observe(declared);
        Assert.Empty(follower.Evaluate());
        Assert.Equal((plan.Hash, 2), Followed(follower));
        var restarted = Restart(follower);
        Assert.Equal((plan.Hash, 2), Followed(restarted));
        Assert.Empty(restarted.Evaluate());
        restarted.Observe(Through(declared));
        Assert.Empty(restarted.Evaluate());

        var own = Stream(Plans.Means()).Declare();
        own.Observe(declared);
        Assert.Equal((Plans.Means().Hash, 1), Followed(own));

        static (string?, int) Followed(MonitoredStream stream) => stream.Monitor.Use(MonitoredStream.Experiment, static (experiment, _) => (experiment.Plan.Hash, experiment.Plan.Plan!.Version));
    }

    [Fact]
    public void A_declared_plan_that_was_changed_on_its_way_is_not_followed_and_counted()
    {
        var source = Stream(Plans.Conversions()).Declare();
        source.Expose("u1", "control");
        var declared = Assert.Single(source.Evaluate());
        var stream = new MonitoredStream();

        stream.Observe(declared with { Data = new Dictionary<string, object?>(declared.Data!) { ["setting:alpha"] = "0.2" } });
        stream.Observe(declared with { Data = null });

        Assert.Null(stream.Monitor.Use(MonitoredStream.Experiment, static (experiment, _) => experiment.Plan.Hash));
        Assert.Equal(2, stream.Monitor.UnknownEvents);

        // It may keep results for its own times of looking, also after a restart; a later one that can be read is followed again.
        Assert.True(stream.Status.HasUnreadablePlan);
        var restarted = Restart(stream);
        Assert.True(restarted.Status.HasUnreadablePlan);
        restarted.Observe(declared with { Timestamp = declared.Timestamp.AddSeconds(-1) });
        Assert.True(restarted.Status.HasUnreadablePlan);
        restarted.Observe(declared with { Timestamp = declared.Timestamp.AddSeconds(1) });
        Assert.False(restarted.Status.HasUnreadablePlan);
    }

    [Fact]
    public void Each_decisive_setting_that_is_changed_after_the_first_exposure_is_named_once()
    {
        var before = Plans.Conversions();
        var stream = Stream(before).Declare();
        stream.Expose("u1", "control");
        stream.Evaluate();
        var after = before with
        {
            Alpha = 0.1,
            Control = "b",
            Power = 0.9,
            Segments = ["country"],
            PrimaryMetric = before.PrimaryMetric with { Definition = before.PrimaryMetric.Definition with { Window = TimeSpan.FromDays(14), Cap = 1 } },
        };
        var changed = Restart(stream, after);

        var signals = changed.Evaluate();

        Assert.Equal(AnalysisSignalType.PlanDeclared, signals[0].SignalType);
        Assert.All(signals.Skip(1), signal => Assert.Equal((AnalysisSignalType.PeekingWarning, SignalSeverity.Warning, "plan-changed", after.Hash), (signal.SignalType, signal.Severity, signal.Data!["reason"], signal.Data["planHash"])));
        Assert.Equal(
            [("alpha", "0.05", "0.1"), ("control", "control", "b"), ("window", "7.00:00:00", "14.00:00:00"), ("cap", null, "1"), ("tuningSubjects", "2188", Total(after))],
            signals.Skip(1).Select(static signal => ((string)signal.Data!["setting"]!, signal.Data.GetValueOrDefault("plannedValue") as string, signal.Data.GetValueOrDefault("currentValue") as string)));
        Assert.Empty(changed.Evaluate());
        Assert.Empty(Restart(changed, after).Evaluate());

        static string Total(AnalysisPlan plan) => PlannedSample.Of(plan, new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })!.Total.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_change_before_the_first_exposure_or_after_a_reset_is_no_change()
    {
        var stream = Stream(Plans.Conversions()).Declare();
        var changed = Restart(stream, Plans.Conversions() with { Alpha = 0.1 });
        changed.Expose("u1", "control");
        Assert.Equal([AnalysisSignalType.PlanDeclared], changed.Evaluate().Select(static signal => signal.SignalType));

        changed.Monitor.Reset(MonitoredStream.Experiment, changed.Now);
        Assert.Empty(changed.Evaluate());
        var next = Restart(changed, Plans.Conversions() with { Alpha = 0.2 });
        next.Expose("u2", "control");
        Assert.Equal([AnalysisSignalType.PlanDeclared], next.Evaluate().Select(static signal => signal.SignalType));
    }

    [Fact]
    public void The_tuning_size_is_fixed_at_the_first_exposure_with_known_weights()
    {
        var stream = Stream(Plans.Conversions());
        stream.Expose("u1", "control");
        stream.Evaluate();
        Assert.Null(Tuning(stream));

        stream.Declare();
        stream.Evaluate();
        Assert.Equal(2_188, Tuning(stream));

        stream.Declare("v2", ("control", 9), ("b", 1));
        stream.Expose("u2", "control", "v2");
        stream.Evaluate();
        Assert.Equal(2_188, Tuning(stream));
        Assert.Equal(2_188, Tuning(Restart(stream, Plans.Conversions())));

        var unknown = Stream(Plans.Conversions() with { MinimumEffect = null }).Declare();
        unknown.Expose("u1", "control");
        unknown.Evaluate();
        Assert.Equal(AnalysisPlan.DefaultTuningSubjects, Tuning(unknown));

        static long? Tuning(MonitoredStream stream) => stream.Monitor.Use(MonitoredStream.Experiment, static (experiment, _) => experiment.Plan.TuningSubjects);
    }

    [Fact]
    public void The_planned_sample_is_signaled_once_and_not_before_the_minimum_of_the_run_time_is_over()
    {
        var stream = Stream(Plans.Conversions() with { MinimumRunTime = TimeSpan.FromDays(7) }).Declare();
        stream.ExposeMany(2_187);
        Assert.DoesNotContain(stream.Evaluate(), IsSample);
        stream.ExposeMany(1, prefix: "last");
        Assert.DoesNotContain(stream.Evaluate(), IsSample);
        stream.Now += TimeSpan.FromDays(7);

        var signal = Assert.Single(stream.Evaluate(), IsSample);

        Assert.Equal((2_188L, 2_188L, 1), (signal.Data!["subjects"], signal.Data["minimum"], signal.Data["run"]));
        Assert.DoesNotContain(stream.Evaluate(), IsSample);
        Assert.DoesNotContain(Restart(stream, Plans.Conversions() with { MinimumRunTime = TimeSpan.FromDays(7) }).Evaluate(), IsSample);

        stream.Monitor.Reset(MonitoredStream.Experiment, stream.Now);
        stream.ExposeMany(2_188, prefix: "again");
        stream.Now += TimeSpan.FromDays(7);
        Assert.Equal(2, Assert.Single(stream.Evaluate(), IsSample).Data!["run"]);

        static bool IsSample(AnalysisSignalEvent signal) => signal.SignalType == AnalysisSignalType.MinimumSampleReached;
    }

    [Fact]
    public void A_sample_that_is_larger_than_memory_is_declared_with_a_warning_and_is_not_reached_by_subjects_that_were_not_counted()
    {
        var plan = Plans.Means() with { MinimumEffect = 0.02 };
        var planned = PlannedSample.Of(plan, new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })!.Total;
        var stream = new MonitoredStream(new ExperimentMonitor(new ExperimentMonitorOptions { MaxSubjectSlots = 1_024 }, [plan])).Declare();
        stream.Expose("first", "control");

        var declared = Assert.Single(stream.Evaluate());

        Assert.Equal((AnalysisSignalType.PlanDeclared, SignalSeverity.Warning), (declared.SignalType, declared.Severity));
        Assert.Contains("memory holds 768", declared.Message, StringComparison.Ordinal);
        for (var subject = 0; subject < 2 * planned; subject++)
        {
            stream.Expose("s" + subject, subject % 2 == 0 ? "control" : "b");
        }

        Assert.True(stream.Status.Subjects < planned);
        Assert.DoesNotContain(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.MinimumSampleReached);
    }

    [Fact]
    public void Planned_looks_are_signaled_once_their_subjects_are_mature_with_boundary_level_and_what_is_spent()
    {
        var plan = Hourly(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.5, 1));
        var stream = Stream(plan).Declare();
        var planned = (int)PlannedSample.Of(plan, new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })!.Total;
        List<AnalysisSignalEvent> checkpoints = [];
        foreach (var (from, to) in new[] { (0, planned / 4), (planned / 4, planned * 6 / 10), (planned * 6 / 10, planned + 20) })
        {
            Convert(stream, from, to, everyB: 2);
            Assert.DoesNotContain(stream.Evaluate(), IsCheckpoint);
            stream.Now += TimeSpan.FromHours(2);
            checkpoints.AddRange(stream.Evaluate().Where(IsCheckpoint));
            stream = Restart(stream, plan);
        }

        Assert.Equal([(1, "b"), (2, "b")], checkpoints.Select(static signal => ((int)signal.Data!["look"]!, (string)signal.Data["variant"]!)));
        double[] times = [.. checkpoints.Select(signal => (long)signal.Data!["subjects"]! / (double)planned)];
        Assert.Equal(planned * 6 / 10, checkpoints[0].Data!["subjects"] is long subjects ? subjects : 0);
        var boundaries = GroupSequentialBoundaries.FromSpending(SpendingFunction.OBrienFleming, 0.05, 2, times).Upper.ToArray();
        for (var look = 0; look < 2; look++)
        {
            var data = checkpoints[look].Data!;
            Assert.Equal(boundaries[look], (double)data["boundary"]!, 1e-9);
            Assert.Equal(2 * NormalDistribution.UpperTail(boundaries[look]), (double)data["alpha"]!, 1e-12);
            Assert.Equal(2 * SpendingFunction.OBrienFleming.Spent(0.025, times[look]), (double)data["alphaSpent"]!, 1e-12);

            // A quarter of control converts, half of the other variant.
            Assert.InRange((double)data["effect"]!, 0.24, 0.26);
            Assert.True((double)data["pValue"]! < 1e-10);
        }

        static bool IsCheckpoint(AnalysisSignalEvent signal) => signal.SignalType == AnalysisSignalType.SequentialCheckpoint;
    }

    [Fact]
    public void The_planned_power_is_signaled_once_by_the_pooled_rate_alone()
    {
        // A pooled rate of 3/8 needs fewer subjects for a rise by a quarter than the planned 20 %.
        long? Reached(int everyA, int everyB)
        {
            var stream = Stream(Hourly(LookSchedule.AlwaysValid)).Declare();
            long? reached = null;
            for (var batch = 0; batch < 30; batch++)
            {
                Convert(stream, batch * 80, (batch + 1) * 80, everyB, everyA);
                stream.Now += TimeSpan.FromHours(2);
                foreach (var signal in stream.Evaluate().Where(static signal => signal.SignalType == AnalysisSignalType.PowerThresholdMet))
                {
                    Assert.Null(reached);
                    reached = (long)signal.Data!["subjects"]!;
                    Assert.Equal(("purchase", 0.8, 0.05), (signal.Data["metric"], signal.Data["plannedPower"], signal.Data["alpha"]));
                    Assert.InRange((double)signal.Data["power"]!, 0.8, 0.9);
                }
            }

            return reached;
        }

        // Control's rate r with r (1 + 1.25) / 2 = 3/8: 1/3 against 5/12.
        var sample = PlannedSample.Of(Hourly(LookSchedule.AlwaysValid), new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })!;
        var needed = 2 * TwoProportions.Size(1 / 3.0, 5 / 12.0, 0.8, new TwoArmTest(0.05)).ExactN1 * sample.TotalForPower / sample.Total;
        var reached = Reached(everyA: 4, everyB: 2);
        Assert.InRange(reached!.Value, needed, needed + 80);

        // The same rate of both together, split the other way round.
        Assert.Equal(reached, Reached(everyA: 2, everyB: 4));
        Assert.Null(Reached(everyA: 20, everyB: 20));
    }

    [Theory]
    [InlineData(3, null, ReadOutVerdict.Higher)]
    [InlineData(4, null, ReadOutVerdict.Undecided)]
    [InlineData(3, 2_000, ReadOutVerdict.Undecided)]
    public void A_fixed_plan_is_decided_by_one_test_when_the_windows_of_its_sample_have_closed(int everyB, int? subjects, ReadOutVerdict verdict)
    {
        var plan = Hourly(LookSchedule.FixedHorizon);
        var stream = Stream(plan).Declare();
        Convert(stream, 0, subjects ?? 2_200, everyB);
        Assert.DoesNotContain(AnalysisSignalType.SequentialCheckpoint, stream.Evaluate().Select(static signal => signal.SignalType));
        stream.Now += TimeSpan.FromHours(2);

        var signals = stream.Evaluate().Where(static signal => signal.SignalType == AnalysisSignalType.SequentialCheckpoint).ToArray();
        Assert.Equal(subjects is null ? 1 : 0, signals.Length);
        foreach (var signal in signals)
        {
            Assert.Equal((1, 2_188L, 0.05), (signal.Data!["look"], signal.Data["plannedSubjects"], Math.Round((double)signal.Data["alpha"]!, 12)));
            Assert.Equal(NormalDistribution.UpperQuantile(0.025), (double)signal.Data["boundary"]!, 1e-12);
            Assert.Contains(verdict == ReadOutVerdict.Higher ? ": an effect." : ": no effect was found.", signal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(verdict, stream.ReadOut("purchase").Of("b").Comparison!.Verdict);
        var restarted = Restart(stream, plan);
        Assert.Equal(verdict, restarted.ReadOut("purchase").Of("b").Comparison!.Verdict);
        Assert.DoesNotContain(AnalysisSignalType.SequentialCheckpoint, restarted.Evaluate().Select(static signal => signal.SignalType));
    }

    [Fact]
    public void A_planned_segment_is_counted()
    {
        var stream = Stream(Plans.Conversions() with { Segments = ["country"] }).Declare();

        stream.Expose("u1", "control", change: static exposure => exposure with { Attributes = new Dictionary<string, object?> { ["country"] = "DE" } });

        Assert.Equal(["country=DE"], stream.Monitor.Use(MonitoredStream.Experiment, static (experiment, _) => experiment.CurrentRun!.Segments.All.Select(static segment => segment.Name).ToArray()));
    }

    private static AnalysisPlan Hourly(LookSchedule looks) => Plans.Conversions(looks) with
    {
        PrimaryMetric = Plans.Conversions().PrimaryMetric with { Definition = new MetricDefinition(TimeSpan.FromHours(1), MetricAggregation.Any) },
    };

    /// <summary>Exposes subjects to the variants in turn; some of them convert.</summary>
    private static void Convert(MonitoredStream stream, int from, int to, int everyB, int everyA = 4)
    {
        for (var subject = from; subject < to; subject++)
        {
            var isB = subject % 2 == 1;
            stream.Expose("s" + subject, isB ? "b" : "control");
            if (subject / 2 % (isB ? everyB : everyA) == 0)
            {
                stream.Measure("s" + subject, "purchase", 1, id: new Guid(1_000_000 + subject, 0, 0, new byte[8]));
            }
        }
    }

    private static MonitoredStream Stream(AnalysisPlan plan) => new(new ExperimentMonitor(plans: [plan]));

    /// <summary>The same counts in a process that has another plan.</summary>
    private MonitoredStream Restart(MonitoredStream stream, params AnalysisPlan[] plans)
    {
        new MonitorSnapshotFile(_folder.File("monitor"), new ExperimentMonitorOptions()).Write(stream.Monitor);
        var (monitor, fault) = new MonitorSnapshotFile(_folder.File("monitor"), new ExperimentMonitorOptions(), plans).Read();
        Assert.Null(fault);
        return new MonitoredStream(monitor) { Now = stream.Now };
    }

    /// <summary>A signal as files bring it.</summary>
    private static AnalysisSignalEvent Through(AnalysisSignalEvent signal) => (AnalysisSignalEvent)DataPlaneJson.Deserialize(DataPlaneJson.Serialize(new DataPlaneEnvelope
    {
        EventId = Guid.NewGuid(),
        Timestamp = signal.Timestamp,
        EventType = signal.EventType,
        SchemaVersion = signal.SchemaVersion,
        Payload = signal,
    })).Payload;
}
