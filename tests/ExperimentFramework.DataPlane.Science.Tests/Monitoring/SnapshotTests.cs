using System.Runtime.Versioning;

namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class SnapshotTests : IDisposable
{
    private static readonly ExperimentMonitorOptions Options = new() { MaxSubjectSlots = 2_048 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_restored_monitor_goes_on_as_if_nothing_had_happened()
    {
        var stream = Filled();
        var file = File();
        file.Write(stream.Monitor);
        var (restored, fault) = file.Read();
        Assert.Null(fault);
        var other = new MonitoredStream(restored) { KeyId = stream.KeyId, Now = stream.Now };
        AssertEqual(stream, other);

        foreach (var each in new[] { stream, other })
        {
            each.ExposeMany(3_000, lossOfB: 0.4, seed: 9, prefix: "later");
            each.Expose("s3", "control");
            each.Expose("s3", "b");
            each.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 12)));
        }

        Assert.Equal(stream.Evaluate(), other.Evaluate());
        AssertEqual(stream, other);
    }

    [Fact]
    public void A_snapshot_that_was_cut_anywhere_is_set_aside_and_counting_starts_with_the_next_run()
    {
        var stream = Filled();
        File().Write(stream.Monitor);
        var whole = System.IO.File.ReadAllBytes(_folder.File("monitor"));
        Assert.True(whole.Length > 8 * 1024);
        var number = 0;
        for (var length = 0; length < whole.Length; length += 1_024)
        {
            System.IO.File.WriteAllBytes(_folder.File("monitor"), whole[..length]);

            var (monitor, fault) = File().Read();

            Assert.Equal(_folder.File($"monitor.damaged-{++number}"), fault!.SetAside);
            Assert.False(System.IO.File.Exists(_folder.File("monitor")));
            var next = new MonitoredStream(monitor).Declare();
            next.Expose("u1", "control");
            Assert.Equal((stream.Status.Run + 1, 1), (next.Status.Run, next.Status.Subjects));
        }
    }

    [Fact]
    public void A_changed_byte_is_noticed_wherever_it_is()
    {
        File().Write(Filled().Monitor);
        var whole = System.IO.File.ReadAllBytes(_folder.File("monitor"));
        var random = new Random(1);
        for (var change = 0; change < 50; change++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            System.IO.File.WriteAllBytes(_folder.File("monitor"), damaged);

            Assert.NotNull(File().Read().Fault);
        }
    }

    [Fact]
    public void A_snapshot_of_a_newer_version_is_set_aside_with_both_versions()
    {
        System.IO.File.WriteAllBytes(_folder.File("monitor"), [0x45, 0x46, 0x44, 0x4D, SnapshotWriter.FormatVersion + 1, 0, 0, 0, .. new byte[100]]);

        var fault = File().Read().Fault!;

        Assert.Contains($"format {SnapshotWriter.FormatVersion + 1}", fault.Reason, StringComparison.Ordinal);
        Assert.Contains($"format {SnapshotWriter.FormatVersion}", fault.Reason, StringComparison.Ordinal);
        Assert.NotNull(fault.SetAside);
    }

    [Fact]
    public void A_lost_snapshot_keeps_the_verdict_and_makes_the_next_run_weigh_less()
    {
        var stream = new MonitoredStream(new ExperimentMonitor(Options)).Declare();
        stream.ExposeMany(4_000, lossOfB: 0.1);
        stream.Evaluate();
        File().Write(stream.Monitor);
        System.IO.File.Delete(_folder.File("monitor"));

        var (monitor, fault) = File().Read();

        Assert.NotNull(fault);
        var next = new MonitoredStream(monitor).Declare();
        next.Expose("u1", "control");
        next.Evaluate();
        Assert.Equal(2, next.Status.Run);
        Assert.Equal(stream.Status.LogPValue, next.Status.LogPValue, 1e-9);
    }

    [Fact]
    public void A_snapshot_is_replaced_whole_or_not_at_all()
    {
        var file = File();
        file.Write(Filled().Monitor);
        var before = System.IO.File.ReadAllBytes(_folder.File("monitor"));
        Directory.CreateDirectory(_folder.File("monitor.tmp"));

        Assert.ThrowsAny<Exception>(() => file.Write(new ExperimentMonitor(Options)));

        Assert.Equal(before, System.IO.File.ReadAllBytes(_folder.File("monitor")));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Only_the_owner_may_read_what_is_kept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the folder's access rules apply.");

        File().Write(Filled().Monitor);

        Assert.NotEmpty(_folder.Files());
        Assert.All(_folder.Files(), name => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(_folder.File(name))));
    }

    [Fact]
    public void A_smaller_bound_than_that_of_the_snapshot_keeps_fewer_subjects_and_all_counts()
    {
        var stream = Filled();
        File().Write(stream.Monitor);

        var (monitor, fault) = new MonitorSnapshotFile(_folder.File("monitor"), new ExperimentMonitorOptions { MaxSubjectSlots = 1_024 }).Read();

        Assert.Null(fault);
        var status = Assert.Single(monitor.GetExperiments());
        Assert.Equal(stream.Status.Subjects, status.Subjects);
        Assert.True(status.SubjectsHeld <= 768 && status.CountedShare < stream.Status.CountedShare);
    }

    private static MonitoredStream Filled()
    {
        var stream = new MonitoredStream(new ExperimentMonitor(new ExperimentMonitorOptions { MaxSubjectSlots = 2_048, SegmentAttributes = { "country" } })) { KeyId = "2026-03" };
        stream.Declare().Declare("v2", ("control", 3), ("b", 1));
        stream.ExposeMany(3_000, lossOfB: 0.05);
        stream.KeyId = "2026-04";
        stream.ExposeMany(3_000);
        stream.Now += TimeSpan.FromDays(1);
        for (var subject = 0; subject < 500; subject++)
        {
            stream.Expose("w" + subject, subject % 4 == 0 ? "b" : "control", "v2", exposure => exposure with
            {
                TenantId = "acme",
                VariantBuild = new Guid(subject % 3, 0, 0, new byte[8]),
                Attributes = new Dictionary<string, object?> { ["country"] = "DE" },
            });
        }

        stream.Expose("undeclared", "control", "v3");
        stream.Expose(null, "control");
        stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 3)));
        stream.Observe(MonitoredStream.Account("1a1b2c3d4e5", ("b", 4)));
        stream.Evaluate();
        return stream;
    }

    private static void AssertEqual(MonitoredStream expected, MonitoredStream actual) => Assert.Equivalent(Kept(expected.Status), Kept(actual.Status), strict: true);

    /// <summary>Builds, producers and what came last are those of one process.</summary>
    private static ExperimentStatus Kept(ExperimentStatus status) => status with { Builds = [], Producers = [], CurrentAllocation = null };

    private MonitorSnapshotFile File() => new(_folder.File("monitor"), Options);

    [Fact]
    public void A_signal_that_nobody_took_is_kept()
    {
        var stream = new MonitoredStream(new ExperimentMonitor(Options)).Declare();
        stream.ExposeMany(4_000, lossOfB: 0.5);
        Assert.Equal(ExperimentState.SampleRatioMismatch, stream.Status.State);
        var file = File();
        file.Write(stream.Monitor);

        var restored = file.Read().Monitor.TakeSignals();

        Assert.Equal(stream.Monitor.TakeSignals().Select(static signal => (signal.Severity, signal.Message)), restored.Select(static signal => (signal.Severity, signal.Message)));
        Assert.Equal(SignalSeverity.Error, restored[^1].Severity);
    }

    [Fact]
    public void Losses_that_only_error_events_report_survive()
    {
        var stream = new MonitoredStream(new ExperimentMonitor(Options)).Declare();
        stream.ExposeMany(200, lossOfB: 1);
        stream.Observe(new ErrorEvent
        {
            ExperimentName = "*",
            Timestamp = MonitoredStream.Start,
            Source = "x",
            Message = "Events are being lost.",
            Data = new Dictionary<string, object?>
            {
                ["experiment"] = new[] { MonitoredStream.Experiment }, ["variant"] = new[] { "b" }, ["eventType"] = new[] { "Exposure" }, ["count"] = new[] { 90L },
            },
        });
        stream.Evaluate();
        Assert.Equal(ExperimentState.Inconclusive, stream.Status.State);
        File().Write(stream.Monitor);

        var restored = new MonitoredStream(File().Read().Monitor);
        restored.Expose("one more", "control");

        Assert.Empty(restored.Evaluate());
        Assert.Equal(ExperimentState.Inconclusive, restored.Status.State);
    }

    [Fact]
    public void Values_that_were_cut_within_a_character_are_read_again()
    {
        var stream = new MonitoredStream(new ExperimentMonitor(new ExperimentMonitorOptions { SegmentAttributes = { "title" } })).Declare();
        for (var subject = 0; subject < 100; subject++)
        {
            var title = new string('x', 100 + (subject / 2)) + (subject % 2 == 0 ? "\U0001F600" : "\U0001F900") + new string('y', 100);
            stream.Expose("s" + subject, subject % 2 == 0 ? "b" : "control", change: exposure => exposure with { Attributes = new Dictionary<string, object?> { ["title"] = title } });
        }

        File().Write(stream.Monitor);

        Assert.Null(File().Read().Fault);
    }

    [Fact]
    public void A_file_of_more_than_two_gigabytes_is_read_all_the_same()
    {
        using (var stream = System.IO.File.Create(_folder.File("monitor")))
        {
            stream.SetLength((1L << 31) + 100);
        }

        Assert.NotNull(File().Read().Fault!.SetAside);
    }

    [Fact]
    public void An_alarm_of_a_run_that_was_lost_is_said_without_figures_of_the_next_one()
    {
        var stream = new MonitoredStream(new ExperimentMonitor(Options)).Declare();
        stream.ExposeMany(4_000, lossOfB: 0.5);
        stream.Evaluate();
        File().Write(stream.Monitor);
        System.IO.File.Delete(_folder.File("monitor"));

        var next = new MonitoredStream(File().Read().Monitor).Declare();
        next.Expose("u1", "control");

        var alarm = Assert.Single(next.Evaluate());
        Assert.Equal(SignalSeverity.Error, alarm.Severity);
        Assert.Contains("in an earlier run", alarm.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("worstVariant", alarm.Data!.Keys);
    }

    [Fact]
    public void Infinitely_strong_evidence_of_a_metric_is_restored()
    {
        var plan = MeasuredStream.Plan(MeasuredStream.Metric("spend", MetricAggregation.Sum));
        var stream = MeasuredStream.Of(plan);
        for (var subject = 0; subject < 400; subject++)
        {
            stream.Expose("s" + subject, subject % 2 == 0 ? "b" : "control");
            stream.Measure("s" + subject, "spend", subject % 2 == 0 ? 1 : subject == 1 ? 1e-154 : 0);
        }

        stream.Now += TimeSpan.FromHours(2);
        stream.Evaluate();
        var file = new MonitorSnapshotFile(_folder.File("monitor"), Options, [plan]);
        file.Write(stream.Monitor);

        var (monitor, fault) = file.Read();

        Assert.Null(fault);
        Assert.Equal(ReadOutVerdict.Higher, new MonitoredStream(monitor).ReadOut("spend").Of("b").Comparison!.Verdict);
    }

    [Fact]
    public void A_time_that_was_not_accepted_is_not_accepted_after_a_restart()
    {
        var plan = MeasuredStream.Plan(MeasuredStream.Metric("orders", MetricAggregation.Any));
        var stream = MeasuredStream.Of(plan);
        stream.ExposeMany(10);
        stream.Now += TimeSpan.FromDays(400);
        stream.Expose("far ahead", "b");
        stream.Evaluate();
        Assert.Equal((10L, 0L), (stream.ReadOut("orders").Immature, stream.ReadOut("orders").Mature));
        var file = new MonitorSnapshotFile(_folder.File("monitor"), Options, [plan]);
        file.Write(stream.Monitor);

        var restored = new MonitoredStream(file.Read().Monitor) { Now = stream.Now };
        restored.Evaluate();

        Assert.Equal((10L, 0L), (restored.ReadOut("orders").Immature, restored.ReadOut("orders").Mature));
    }

    [Fact]
    public void Weights_with_subjects_are_restored_however_many_are_declared_later()
    {
        var stream = new MonitoredStream(new ExperimentMonitor(Options)).Declare();
        stream.ExposeMany(500, lossOfB: 0.3);
        for (var version = 0; version < 300; version++)
        {
            stream.Declare("w" + version, ("control", 1), ("b", version + 2));
        }

        stream.Evaluate();
        File().Write(stream.Monitor);

        AssertEqual(stream, new MonitoredStream(File().Read().Monitor));
    }

    [Fact]
    public void The_current_run_is_the_same_after_a_restart_although_a_straggler_counted_last()
    {
        var stream = Filled();
        stream.KeyId = "2026-03";
        stream.Expose("of the older key", "control");
        Assert.Equal(2, stream.Status.Run);
        stream.Evaluate();
        File().Write(stream.Monitor);

        AssertEqual(stream, new MonitoredStream(File().Read().Monitor));
    }
}
