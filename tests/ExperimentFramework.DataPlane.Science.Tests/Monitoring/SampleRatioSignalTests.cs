namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class SampleRatioSignalTests
{
    [Fact]
    public void A_variant_that_loses_subjects_raises_one_alarm_with_what_is_known_of_it()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(8_000, lossOfB: 0.2);

        var signals = stream.Evaluate().Where(static signal => signal.Severity == SignalSeverity.Error).ToArray();

        var alarm = Assert.Single(signals);
        Assert.Equal(AnalysisSignalType.SampleRatioMismatch, alarm.SignalType);
        Assert.Equal(ExperimentState.SampleRatioMismatch, stream.Status.State);
        Assert.Equal("b", alarm.Data!["worstVariant"]);
        Assert.True((double)alarm.Data["relativeDeviation"]! < -0.02);
        Assert.True((double)alarm.Data["pValue"]! <= 0.01);
        Assert.Equal((long)alarm.Data["observed:control"]! + (long)alarm.Data["observed:b"]!, alarm.Data["subjects"]);
        Assert.Equal(0.5, alarm.Data["planned:b"]);
        Assert.Equal(1, alarm.Data["run"]);
        Assert.Equal("before-exposure", alarm.Data["lookAt"]);
        Assert.Equal((0.01, false), (alarm.Data["alpha"], alarm.Data["isInconclusive"]));
        Assert.Contains("b has", alarm.Message, StringComparison.Ordinal);

        // Nothing is said again while nothing changes.
        stream.ExposeMany(8_000, lossOfB: 0.2, seed: 2, prefix: "t");
        Assert.Empty(stream.Evaluate());
    }

    [Fact]
    public void The_warning_comes_before_the_alarm()
    {
        var stream = new MonitoredStream().Declare();
        List<SignalSeverity> severities = [];
        for (var batch = 0; batch < 200; batch++)
        {
            stream.ExposeMany(64, lossOfB: 0.12, seed: batch, prefix: $"{batch}-");
            severities.AddRange(stream.Evaluate().Select(static signal => signal.Severity));
        }

        Assert.Equal([SignalSeverity.Warning, SignalSeverity.Error], severities);
    }

    [Fact]
    public void A_healthy_split_is_healthy_and_too_few_subjects_are_gathered()
    {
        var stream = new MonitoredStream().Declare();
        stream.Expose("u1", "control");
        stream.Evaluate();
        Assert.Equal(ExperimentState.Gathering, stream.Status.State);

        stream.ExposeMany(5_000);

        Assert.Empty(stream.Evaluate());
        Assert.Equal(ExperimentState.Healthy, stream.Status.State);
    }

    [Fact]
    public void Losses_that_could_explain_the_deviation_make_it_inconclusive()
    {
        var stream = new MonitoredStream().Declare();
        stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 900)));
        stream.ExposeMany(8_000, lossOfB: 0.2);

        var signal = Assert.Single(stream.Evaluate(), static signal => signal.Data!["state"] is "inconclusive");

        Assert.Equal((SignalSeverity.Warning, ExperimentState.Inconclusive), (signal.Severity, stream.Status.State));
        Assert.Equal((900L, true, "losses"), (signal.Data!["dropped:b"], signal.Data["isInconclusive"], signal.Data["lookAt"]));
        Assert.Equal(900, stream.Status.Variants[1].LostExposures);
    }

    [Fact]
    public void Losses_that_are_too_few_or_of_the_other_variant_acquit_nobody()
    {
        foreach (var drop in new (string, long)[] { ("b", 50), ("control", 100_000) })
        {
            var stream = new MonitoredStream().Declare();
            stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", drop));
            stream.ExposeMany(8_000, lossOfB: 0.2);
            stream.Evaluate();

            Assert.Equal(ExperimentState.SampleRatioMismatch, stream.Status.State);
        }
    }

    [Fact]
    public void The_next_account_of_a_producer_replaces_its_last_one_and_what_its_error_events_said()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(10);
        var id = new Guid(1, 0, 0, [0x80, 0, 0x0a, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f]);
        var producer = ProducerId.Of(id);
        stream.Observe(MonitoredStream.Account(producer, ("b", 5)));
        stream.Observe(MonitoredStream.Account("11111111111", ("b", 1)));
        stream.Observe(
            new ErrorEvent
            {
                ExperimentName = "*",
                Timestamp = MonitoredStream.Start,
                Source = "ExperimentMonitorBackplane",
                Message = "Events are being lost.",
                Data = new Dictionary<string, object?>
                {
                    ["experiment"] = new[] { MonitoredStream.Experiment, MonitoredStream.Experiment, "another" },
                    ["variant"] = new[] { "b", "b", "b" },
                    ["eventType"] = new[] { "Exposure", "Outcome", "Exposure" },
                    ["reason"] = new[] { "queue_full", "queue_full", "queue_full" },
                    ["count"] = new[] { 7L, 100L, 100L },
                },
            },
            id);
        Assert.Equal(13, stream.Status.Variants[1].LostExposures);

        stream.Observe(MonitoredStream.Account(producer, ("b", 12)));

        Assert.Equal(13, stream.Status.Variants[1].LostExposures);
        stream.Observe(MonitoredStream.Account(producer));
        Assert.Equal(1, stream.Status.Variants[1].LostExposures);
    }

    [Fact]
    public void A_loss_that_is_delivered_twice_does_not_explain_a_deviation_of_twice_its_size()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(40_000, lossOfB: 0.2);
        var missing = stream.Status.Variants[0].Subjects - stream.Status.Variants[1].Subjects;
        var loss = new ErrorEvent
        {
            ExperimentName = "*",
            Timestamp = MonitoredStream.Start,
            Source = "pipeline",
            Message = "Events are lost.",
            Data = new Dictionary<string, object?>
            {
                ["experiment"] = new[] { MonitoredStream.Experiment }, ["variant"] = new[] { "b" }, ["eventType"] = new[] { "Exposure" }, ["reason"] = new[] { "queue_full" }, ["count"] = new[] { missing / 2 },
            },
        };
        var id = new Guid(1, 0, 0, [0x80, 0, 0x0a, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f]);

        stream.Observe(loss, id);
        stream.Observe(loss, id);
        stream.Monitor.Evaluate(MonitoredStream.Start);

        Assert.Equal(missing / 2, stream.Status.Variants[1].LostExposures);
        Assert.Equal(ExperimentState.SampleRatioMismatch, stream.Status.State);
        stream.Observe(loss, new Guid(2, 0, 0, [0x80, 0, 0x0a, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f]));
        Assert.Equal(missing / 2 * 2, stream.Status.Variants[1].LostExposures);
    }

    [Fact]
    public void An_account_counts_once_all_of_its_parts_have_arrived()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(10);
        var (first, second) = (MonitoredStream.Account("0a1b2c3d4e5", ("b", 5)) with { PartCount = 2 }, MonitoredStream.Account("0a1b2c3d4e5", ("b", 3)) with { PartCount = 2, PartNumber = 2 });
        stream.Observe(first with { SequenceNumber = 6 });
        stream.Observe(second with { SequenceNumber = 7 });
        Assert.Equal(0, stream.Status.Variants[1].LostExposures);

        stream.Observe(first with { SequenceNumber = 7 });

        Assert.Equal(8, stream.Status.Variants[1].LostExposures);
    }

    [Fact]
    public void What_broke_late_is_found_with_the_moment_and_the_cause()
    {
        var stream = new MonitoredStream().Declare();
        var old = new Guid(1, 0, 0, new byte[8]);
        var random = new Random(7);
        for (var subject = 0; subject < 30_000; subject++)
        {
            stream.Expose("s" + subject, random.Next(2) == 0 ? "control" : "b", change: exposure => exposure with { VariantBuild = old });
        }

        Assert.Empty(stream.Evaluate());
        stream.Now = MonitoredStream.Start.AddHours(2);
        for (var subject = 0; subject < 6_000; subject++)
        {
            var isB = random.Next(2) == 1;
            if (!isB || random.Next(5) > 0)
            {
                stream.Expose("t" + subject, isB ? "b" : "control", change: exposure => exposure with { VariantBuild = new Guid(2, 0, 0, new byte[8]) });
            }
        }

        var alarm = Assert.Single(stream.Evaluate(), static signal => signal.Severity == SignalSeverity.Error);
        Assert.Equal(("2026-03-01T14:00:00.0000000Z", "build", "build"), (alarm.Data!["startedAt"], alarm.Data["startReason"], alarm.Data["lookAt"]));
    }

    [Fact]
    public void A_segment_that_is_off_is_named()
    {
        var stream = new MonitoredStream(new ExperimentMonitorOptions { SegmentAttributes = { "country" } }).Declare();
        var random = new Random(11);
        for (var subject = 0; subject < 40_000; subject++)
        {
            var country = "C" + (subject % 10);
            var isB = random.Next(2) == 1;
            if (!isB || country != "C3" || random.Next(2) == 0)
            {
                stream.Expose("s" + subject, isB ? "b" : "control", change: exposure => exposure with { Attributes = new Dictionary<string, object?> { ["country"] = country } });
            }
        }

        var alarm = Assert.Single(stream.Evaluate(), static signal => signal.Severity == SignalSeverity.Error);
        var segment = Assert.Single(alarm.Data!, static field => field.Key.StartsWith("segment:", StringComparison.Ordinal));
        Assert.Equal("segment:country=C3", segment.Key);
        Assert.InRange((double)segment.Value!, -0.4, -0.2);
    }

    [Fact]
    public void Only_a_reset_ends_a_mismatch_and_the_next_run_weighs_less()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(8_000, lossOfB: 0.2);
        stream.Evaluate();
        stream.ExposeMany(200_000, seed: 3, prefix: "healthy");
        Assert.Empty(stream.Evaluate());
        Assert.Equal(ExperimentState.SampleRatioMismatch, stream.Status.State);

        stream.Monitor.Reset(MonitoredStream.Experiment, stream.Now);

        var reset = Assert.Single(stream.Monitor.TakeSignals());
        Assert.Equal(("reset", SignalSeverity.Info), (reset.Data!["state"], reset.Severity));
        Assert.Equal((ExperimentState.Gathering, 0.0), (stream.Status.State, stream.Status.LogPValue));
        stream.ExposeMany(1_000, lossOfB: 1);
        stream.Evaluate();
        Assert.Equal(2, stream.Status.Run);
        var all = SequentialSampleRatio.LogMixtureEValue([stream.Status.Variants[0].Subjects, 0], [0.5, 0.5]);
        Assert.Equal(Math.Log(6) - Math.Log((0.25 * Math.Exp(all)) + 0.75), stream.Status.LogPValue, 1e-6);
    }

    [Fact]
    public void A_reset_of_an_experiment_that_was_never_seen_is_refused_with_its_name()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new ExperimentMonitor().Reset("chekout", MonitoredStream.Start));

        Assert.Contains("'chekout'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_hosts_multiply_their_p_values()
    {
        var alone = new MonitoredStream().Declare();
        var oneOfTen = new MonitoredStream(new ExperimentMonitorOptions { HostCount = 10 }).Declare();
        foreach (var stream in new[] { alone, oneOfTen })
        {
            stream.ExposeMany(8_000, lossOfB: 0.2);
            stream.Evaluate();
        }

        Assert.Equal(alone.Status.LogPValue + Math.Log(10), oneOfTen.Status.LogPValue, 1e-9);
    }
    [Fact]
    public void An_older_account_changes_nothing()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(10);
        stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 9)) with { SequenceNumber = 7 });
        stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 4)) with { SequenceNumber = 6 });

        Assert.Equal(9, stream.Status.Variants[1].LostExposures);
    }

    [Fact]
    public void Any_number_of_producers_that_go_on_losing_is_counted_once()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(10);
        for (var round = 1; round <= 4; round++)
        {
            for (var producer = 0; producer < 1_000; producer++)
            {
                stream.Observe(MonitoredStream.Account("p" + producer, ("b", round)) with { SequenceNumber = round });
            }
        }

        Assert.Equal(4_000, stream.Status.Variants[1].LostExposures);
    }

    [Fact]
    public void Producers_that_have_ended_are_added_up()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(10);
        for (var producer = 0; producer < 10_000; producer++)
        {
            stream.Observe(MonitoredStream.Account("p" + producer, ("b", 2)) with { IsLast = true });
        }

        Assert.Equal(20_000, stream.Status.Variants[1].LostExposures);
    }

    [Fact]
    public void Losses_before_a_reset_explain_nothing_after_it()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(4_000, lossOfB: 0.3);
        stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 1_000)));
        stream.Evaluate();
        Assert.Equal(ExperimentState.Inconclusive, stream.Status.State);
        stream.Monitor.Reset(MonitoredStream.Experiment, stream.Now);
        stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 1_003)) with { SequenceNumber = 2 });

        stream.ExposeMany(4_000, lossOfB: 0.3, seed: 2, prefix: "t");
        stream.Evaluate();

        Assert.Equal((ExperimentState.SampleRatioMismatch, 3), (stream.Status.State, stream.Status.Variants[1].LostExposures));
    }

    [Fact]
    public void An_account_that_explains_an_alarm_afterwards_makes_it_inconclusive_and_new_evidence_an_alarm_again()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(200, lossOfB: 1);
        Assert.Equal(SignalSeverity.Error, stream.Evaluate()[^1].Severity);
        stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 90)));

        var signal = Assert.Single(stream.Evaluate());

        Assert.Equal(("inconclusive", SignalSeverity.Warning), (signal.Data!["state"], signal.Severity));
        Assert.Contains("reported after the alarm", signal.Message, StringComparison.Ordinal);
        Assert.Equal(ExperimentState.Inconclusive, stream.Status.State);
        stream.ExposeMany(2_000, lossOfB: 1, prefix: "t");
        Assert.Equal(SignalSeverity.Error, Assert.Single(stream.Evaluate()).Severity);
    }

    [Fact]
    public void An_account_does_not_explain_an_alarm_that_the_counts_of_today_no_longer_show()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(8_000, lossOfB: 0.2);
        stream.Evaluate();
        stream.ExposeMany(300_000, seed: 3, prefix: "healthy");
        stream.Evaluate();
        stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 5)));

        Assert.Empty(stream.Evaluate());
        Assert.Equal(ExperimentState.SampleRatioMismatch, stream.Status.State);
    }

}
