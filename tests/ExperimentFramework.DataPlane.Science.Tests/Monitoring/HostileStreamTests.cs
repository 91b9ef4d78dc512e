namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class HostileStreamTests
{
    [Fact]
    public void Experiments_beyond_the_bound_are_ignored_and_counted()
    {
        var monitor = new ExperimentMonitor(new ExperimentMonitorOptions { MaxExperiments = 10 });
        var stream = new MonitoredStream(monitor);
        for (var experiment = 0; experiment < 1_000_000; experiment++)
        {
            stream.Expose("u1", "control", change: exposure => exposure with { ExperimentName = "e" + experiment });
        }

        Assert.Equal((10, 999_990L), (monitor.GetExperiments().Count, monitor.IgnoredEvents));
    }

    [Fact]
    public void Experiments_with_names_without_end_are_kept_under_names_that_are_cut_and_remain_different()
    {
        var (first, second) = (new string('x', 64 * 1024) + "1", new string('x', 64 * 1024) + "2");
        var stream = new MonitoredStream { KeyId = first }.Declare(first, "v1").Declare(second, "v1");
        foreach (var name in new[] { first, second, first })
        {
            stream.Expose("u1", "control", change: exposure => exposure with { ExperimentName = name });
        }

        var account = MonitoredStream.Account("p1");
        stream.Observe(account with { Drops = [new AccountedDrops { ExperimentName = first, VariantKey = "b", EventType = "Exposure", Reason = "queue_full", Count = 3 }] });
        stream.Observe(new ErrorEvent
        {
            ExperimentName = "*",
            Timestamp = stream.Now,
            Source = "x",
            Message = "x",
            Data = new Dictionary<string, object?> { ["experiment"] = new[] { second }, ["variant"] = new[] { "b" }, ["eventType"] = new[] { "Exposure" }, ["count"] = new[] { 5L } },
        });

        var statuses = stream.Monitor.GetExperiments();
        Assert.Equal(2, statuses.Count);
        Assert.All(statuses, static status => Assert.Equal((256, 1L), (status.Name.Length, status.Subjects)));
        Assert.All(statuses, static status => Assert.True(status.PseudonymKeyId!.Length <= 128));
        Assert.Equal([3L, 5], statuses.Select(static status => status.Variants.Single(static variant => variant.Key == "b").LostExposures).Order());
        stream.Monitor.Reset(first, stream.Now);
        Assert.Equal([0L, 1], stream.Monitor.GetExperiments().Select(static status => status.Subjects).Order());
    }

    [Fact]
    public void Names_that_an_experiment_can_be_registered_with_are_kept_whole()
    {
        var name = new string('x', 256);
        var stream = new MonitoredStream().Declare(name, "v1");

        Assert.Equal(name, stream.Status.Name);
    }

    [Fact]
    public void Events_of_later_versions_are_counted_as_known_or_as_unknown_and_a_new_major_version_is_refused_by_name()
    {
        var stream = new MonitoredStream().Declare();
        var exposure = new ExposureEvent
        {
            ExperimentName = MonitoredStream.Experiment, Timestamp = stream.Now, VariantKey = "control", SubjectId = "u1", AllocationVersion = "v1", SelectionReason = SelectionReasons.HashAssignment,
        };
        var json = DataPlaneJson.Serialize(new DataPlaneEnvelope { EventId = new Guid(1, 0, 0, new byte[8]), Timestamp = stream.Now, EventType = exposure.EventType, SchemaVersion = exposure.SchemaVersion, Payload = exposure });
        stream.Monitor.Observe(DataPlaneJson.Deserialize(With("\"schemaVersion\":\"1.0.0\"", "\"schemaVersion\":\"1.9.0\",\"novelty\":{\"a\":[1]}")), stream.Now);
        stream.Monitor.Observe(DataPlaneJson.Deserialize(With("\"Exposure\"", "\"Telepathy\"")), stream.Now);
        stream.Evaluate();

        Assert.Equal((1, 1, 1L), (stream.Status.Exposures, stream.Status.Subjects, stream.Monitor.UnknownEvents));
        var refusal = Assert.ThrowsAny<System.Text.Json.JsonException>(() => DataPlaneJson.Deserialize(With("\"schemaVersion\":\"1.0.0\"", "\"schemaVersion\":\"2.0.0\"")));
        Assert.Contains("unsupported major version", refusal.Message, StringComparison.Ordinal);

        string With(string old, string text)
        {
            Assert.Contains(old, json, StringComparison.Ordinal);
            return json.Replace(old, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Subjects_of_64_KB_are_counted_by_their_whole_id_and_not_kept()
    {
        var stream = new MonitoredStream().Declare();
        var prefix = new string('x', 64 * 1024);
        var random = new Random(13);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 0; round < 2; round++)
        {
            random = new Random(13);
            for (var subject = 0; subject < 2_000; subject++)
            {
                stream.Expose(prefix + subject, random.Next(2) == 0 ? "control" : "b");
            }
        }

        stream.Evaluate();

        Assert.Equal((2_000L, ExperimentState.Healthy), (stream.Status.Subjects, stream.Status.State));

        // 2,000 ids of 64 KB are 256 MB as strings.
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 32 << 20);
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
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue / 2)]
    [InlineData(1L << 50)]
    [InlineData(-5)]
    [InlineData(long.MinValue)]
    public void Losses_of_any_number_stop_neither_the_stream_nor_other_experiments(long count)
    {
        var stream = new MonitoredStream().Declare().Declare("other", MonitoredStream.Version);
        stream.ExposeMany(2_000, lossOfB: 0.3);
        for (var producer = 0; producer < 3; producer++)
        {
            stream.Observe(MonitoredStream.Account("a" + producer, ("b", count), ("control", count), ("b", count)));
            stream.Observe(new ErrorEvent
            {
                ExperimentName = "*",
                Timestamp = stream.Now,
                Source = "x",
                Message = "x",
                Data = new Dictionary<string, object?>
                {
                    ["experiment"] = new[] { MonitoredStream.Experiment }, ["variant"] = new[] { "b" }, ["eventType"] = new[] { "Exposure" }, ["count"] = new[] { Math.Max(count, -5) - 1 },
                },
            });
        }

        stream.ExposeMany(2_000, lossOfB: 0.3, seed: 2, prefix: "t");
        var random = new Random(3);
        for (var subject = 0; subject < 4_000; subject++)
        {
            if (random.Next(2) == 0)
            {
                stream.Expose("o" + subject, "control", change: static exposure => exposure with { ExperimentName = "other" });
            }
        }

        stream.Evaluate();

        var statuses = stream.Monitor.GetExperiments();
        Assert.Equal(count > 0 ? ExperimentState.Inconclusive : ExperimentState.SampleRatioMismatch, statuses[0].State);
        Assert.Equal(ExperimentState.SampleRatioMismatch, statuses[1].State);
        Assert.All(statuses[0].Variants, static variant => Assert.True(variant.LostExposures >= 0));
    }

    [Fact]
    public void What_an_event_lacks_stops_nothing()
    {
        var stream = new MonitoredStream().Declare();
        stream.Expose("u1", "control", change: static exposure => exposure with { SelectionReason = null! });
        stream.Expose("u2", "control", version: null, static exposure => exposure with { SelectionReason = null! });
        stream.Expose("u3", null!);
        stream.Evaluate();

        Assert.Equal((3, 1), (stream.Status.Exposures, stream.Status.Subjects));
        Assert.Equal(2, stream.Status.SelectionReasons["other"]);
    }

    [Theory]
    [InlineData(1e-320)]
    [InlineData(1e-30)]
    public void A_weight_that_expects_nobody_counts_as_none(double weight)
    {
        var stream = new MonitoredStream().Declare(weights: [("control", 1), ("b", weight), ("c", 1)]);
        var random = new Random(1);
        for (var subject = 0; subject < 4_000; subject++)
        {
            stream.Expose("s" + subject, random.Next(4) == 0 ? "control" : random.Next(10) == 0 ? "b" : "c");
        }

        stream.Evaluate();

        Assert.Equal(ExperimentState.SampleRatioMismatch, stream.Status.State);
        Assert.True(stream.Status.LogPValue < -20);
        Assert.All(stream.Monitor.GetRunNumbers(), static run => Assert.True(double.IsFinite(run.LogPValue)));
    }

    [Fact]
    public void Names_without_end_are_cut_and_remain_different()
    {
        var stream = new MonitoredStream();
        var (first, second) = (new string('x', 64 * 1024) + "1", new string('x', 64 * 1024) + "2");
        stream.Declare(first, (first, 1), (second, 1));
        for (var subject = 0; subject < 100; subject++)
        {
            var name = subject % 2 == 0 ? first : second;
            stream.Expose("s" + subject, name, first, exposure => exposure with { TenantId = name, SubjectType = name, SelectionReason = name });
            stream.Expose(null, name, null, exposure => exposure with { SelectionReason = name });
        }

        var status = stream.Status;
        Assert.Equal([50L, 50], status.Variants.Select(static variant => variant.Subjects));
        Assert.All(status.Variants, static variant => Assert.True(variant.Key.Length <= 128));
        Assert.Equal(2, status.SelectionReasons.Count);
        Assert.All(status.SelectionReasons.Keys, static reason => Assert.True(reason.Length <= 128));
        stream.Monitor.Read(static (experiment, _) => experiment.CurrentRun!).ToList().ForEach(static run =>
        {
            Assert.Equal(4, run.Segments.All.Count);
            Assert.All(run.Segments.All, static segment => Assert.True(segment.Name.Length <= 160));
        });
    }

    [Fact]
    public void Versions_without_end_are_excluded_in_the_end()
    {
        var stream = new MonitoredStream();
        for (var subject = 0; subject < 5_000; subject++)
        {
            stream.Expose("u1", "control", "v" + subject);
        }

        Assert.Equal(5_000 - 4_096, stream.Status.Excluded["too-many-versions"]);
    }

    [Fact]
    public void Parts_of_accounts_without_end_are_forgotten_and_the_next_account_counts()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(10);
        for (var part = 1; part < 10_000; part++)
        {
            stream.Observe(MonitoredStream.Account("endless", ("b", 1)) with { PartCount = long.MaxValue, PartNumber = part });
            stream.Observe(MonitoredStream.Account("p" + part, ("b", 1)) with { PartCount = 2 });
        }

        stream.Observe(MonitoredStream.Account("p7", ("b", 3)) with { SequenceNumber = 2, PartCount = 2 });
        stream.Observe(MonitoredStream.Account("p7", ("b", 4)) with { SequenceNumber = 1, PartCount = 2, PartNumber = 2 });
        stream.Observe(MonitoredStream.Account("p7", ("b", 4)) with { SequenceNumber = 2, PartCount = 2, PartNumber = 2 });

        Assert.Equal(7, stream.Status.Variants[1].LostExposures);
    }

    [Fact]
    public void Names_of_producers_without_end_are_kept_cut()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(10);
        foreach (var last in "123")
        {
            stream.Observe(MonitoredStream.Account(new string('x', 64 * 1024) + last, ("b", 2)));
        }

        Assert.Equal(6, stream.Status.Variants.Single(static variant => variant.Key == "b").LostExposures);
        Assert.True(stream.Monitor.Read(SnapshotWriter.Encode).Single().Count < 64 * 1024);
    }
}
