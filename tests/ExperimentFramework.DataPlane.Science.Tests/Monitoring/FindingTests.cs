namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class FindingTests
{
    [Fact]
    public void Crossovers_without_an_explanation_are_signaled_at_one_percent_of_a_thousand_subjects()
    {
        var stream = new MonitoredStream().Declare();
        for (var subject = 0; subject < 1_000; subject++)
        {
            stream.Expose("s" + subject, subject % 2 == 0 ? "control" : "b");
        }

        for (var subject = 0; subject < 9; subject++)
        {
            stream.Expose("s" + subject, subject % 2 == 0 ? "b" : "control");
        }

        Assert.Empty(stream.Evaluate());
        stream.Expose("s9", "control");

        var signal = Assert.Single(stream.Evaluate());
        Assert.Equal(AnalysisSignalType.SubjectCrossovers, signal.SignalType);
        Assert.Equal((10L, 1_000L, 0.01), ((long)signal.Data!["crossovers"]!, (long)signal.Data["subjects"]!, (double)signal.Data["threshold"]!));
        Assert.True(stream.Status.HasCrossovers);
        Assert.Empty(stream.Evaluate());

        stream.ExposeMany(1_500, seed: 5, prefix: "new");
        Assert.Equal("recovered", Assert.Single(stream.Evaluate()).Data!["state"]);
    }

    [Fact]
    public void Crossovers_of_a_run_that_ends_with_its_pseudonym_key_are_signaled_as_over()
    {
        var stream = new MonitoredStream { KeyId = "k1" }.Declare();
        for (var subject = 0; subject < 1_020; subject++)
        {
            stream.Expose("s" + (subject % 1_000), (subject + (subject / 1_000)) % 2 == 0 ? "control" : "b");
        }

        Assert.Equal(AnalysisSignalType.SubjectCrossovers, Assert.Single(stream.Evaluate()).SignalType);
        foreach (var key in new[] { "k2", "k3" })
        {
            stream.KeyId = key;
            stream.Expose("u1", "control");
        }

        var signal = Assert.Single(stream.Evaluate());
        Assert.Equal((AnalysisSignalType.SubjectCrossovers, "recovered", 1, 20L, "k1"), (signal.SignalType, signal.Data!["state"], signal.Data["run"], signal.Data["crossovers"], signal.Data["pseudonymKeyId"]));
        Assert.False(stream.Status.HasCrossovers);
        Assert.Empty(stream.Evaluate());
    }

    [Fact]
    public async Task Findings_of_the_application_are_among_the_latest_signals_and_too_long_ones_are_not_kept()
    {
        var stream = new MonitoredStream().Declare();
        stream.Observe(Finding("Refunds doubled."));
        stream.Observe(Finding(new string('x', 5_000)));

        var detail = await new MonitorReadModel(stream.Monitor, ReadModelSource.OfStream("events")).GetExperimentAsync(MonitoredStream.Experiment, TestContext.Current.CancellationToken);

        Assert.Equal("Refunds doubled.", Assert.Single(detail!.LatestSignals).Message);
        Assert.Equal((ReadModelSourceKind.Stream, "Events of the stream events."), (detail.Source.Kind, detail.Source.Description));
        Assert.Empty(stream.Evaluate());

        static AnalysisSignalEvent Finding(string message) => new()
        {
            ExperimentName = MonitoredStream.Experiment,
            Timestamp = MonitoredStream.Start,
            SignalType = AnalysisSignalType.Custom,
            Severity = SignalSeverity.Critical,
            Message = message,
        };
    }

    [Fact]
    public void New_weights_move_subjects_lawfully()
    {
        var stream = new MonitoredStream().Declare().Declare("v2", ("control", 1), ("b", 9));
        stream.Expose("u1", "control");
        stream.Expose("u1", "b", "v2");
        stream.Expose("u1", "b", "v2");
        Assert.Equal((0, 1), (stream.Status.Crossovers, stream.Status.ExplainedMoves));

        stream.Expose("u1", "control", "v2");
        Assert.Equal(1, stream.Status.Crossovers);
    }

    [Theory]
    [InlineData(AssignmentChangeReasons.Policy, 0)]
    [InlineData(AssignmentChangeReasons.StoreLost, 0)]
    [InlineData(AssignmentChangeReasons.IdentityChanged, 0)]
    [InlineData(AssignmentChangeReasons.VariantRemoved, 0)]
    [InlineData(AssignmentChangeReasons.SelectionChanged, 1)]
    public void An_assignment_event_explains_a_move_before_and_after_its_exposure(string reason, int crossovers)
    {
        foreach (var isFirst in new[] { true, false })
        {
            var stream = new MonitoredStream().Declare();
            stream.Expose("u1", "control");
            Move(stream, isFirst);
            stream.Expose("u1", "b");
            Move(stream, !isFirst);

            Assert.Equal(crossovers, stream.Status.Crossovers);
        }

        void Move(MonitoredStream stream, bool isNow)
        {
            if (isNow)
            {
                stream.Observe(new AssignmentEvent
                {
                    ExperimentName = MonitoredStream.Experiment,
                    Timestamp = stream.Now,
                    SubjectId = "u1",
                    PreviousVariantKey = "control",
                    NewVariantKey = "b",
                    ChangeReason = reason,
                });
            }
        }
    }

    [Fact]
    public void Weights_that_nobody_declares_are_signaled_after_a_minute_and_when_they_come_after_all()
    {
        var stream = new MonitoredStream();
        stream.Expose("u1", "control");
        stream.Now += TimeSpan.FromSeconds(59);
        Assert.Empty(stream.Evaluate());
        stream.Now += TimeSpan.FromSeconds(1);

        var signal = Assert.Single(stream.Evaluate());
        Assert.Equal(AnalysisSignalType.UndeclaredAllocation, signal.SignalType);
        Assert.Equal(("v1", 1L), (signal.Data!["allocationVersion"], signal.Data["exposures"]));
        Assert.Equal(["v1"], stream.Status.UndeclaredVersions);
        Assert.Empty(stream.Evaluate());

        stream.Declare();
        Assert.Equal("recovered", Assert.Single(stream.Evaluate()).Data!["state"]);
        Assert.Empty(stream.Evaluate());
    }

    [Theory]
    [InlineData("no-subjects")]
    [InlineData("no-weights")]
    [InlineData("redacted-subjects")]
    [InlineData("single-variant")]
    public void A_stream_that_cannot_be_tested_says_why(string reason)
    {
        var stream = new MonitoredStream();
        if (reason is "single-variant")
        {
            stream.Declare(weights: [("control", 1), ("b", 0)]);
        }
        else
        {
            stream.Declare();
        }

        for (var exposure = 0; exposure < 1_000; exposure++)
        {
            Assert.Empty(stream.Evaluate());
            stream.Expose(
                reason switch { "no-subjects" => null, "redacted-subjects" => "***", _ => "s" + exposure },
                reason is "single-variant" || exposure % 2 == 0 ? "control" : "b",
                reason is "no-weights" ? null : MonitoredStream.Version);
        }

        var signal = Assert.Single(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.NotTestable);
        Assert.Equal((reason, 1_000L), (signal.Data!["reason"], signal.Data["exposures"]));
        Assert.Equal((ExperimentState.NotTestable, reason), (stream.Status.State, stream.Status.NotTestableReason));
        Assert.Empty(stream.Evaluate());
    }
    [Fact]
    public void The_first_subject_after_a_reset_is_not_taken_for_all_subjects()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(2_000);
        stream.Evaluate();
        stream.Monitor.Reset(MonitoredStream.Experiment, stream.Now);
        stream.Expose("new", "control");

        Assert.DoesNotContain(stream.Evaluate(), static signal => signal.SignalType == AnalysisSignalType.NotTestable);
    }

    [Fact]
    public void A_tester_with_weights_among_subjects_without_is_a_stream_without_weights()
    {
        var stream = new MonitoredStream().Declare();
        for (var subject = 0; subject < 5_000; subject++)
        {
            stream.Expose("s" + subject, "control", version: null);
        }

        stream.Expose("tester", "b");
        stream.Evaluate();

        Assert.Equal("no-weights", stream.Status.NotTestableReason);
    }

    [Fact]
    public void A_placeholder_with_two_tenants_and_types_is_one_subject()
    {
        var stream = new MonitoredStream().Declare();
        for (var exposure = 0; exposure < 2_000; exposure++)
        {
            var number = exposure % 4;
            stream.Expose("***", "control", change: change => change with { TenantId = "t" + (number % 2), SubjectType = "type" + (number / 2) });
        }

        stream.Expose("somebody", "control");
        stream.Evaluate();

        Assert.Equal("redacted-subjects", stream.Status.NotTestableReason);
    }

    [Fact]
    public void A_single_exposure_with_a_subject_does_not_make_a_stream_testable()
    {
        var stream = new MonitoredStream().Declare();
        stream.Expose("somebody", "control");
        for (var exposure = 0; exposure < 1_000; exposure++)
        {
            stream.Expose(null, "control");
        }

        stream.Evaluate();

        Assert.Equal("no-subjects", stream.Status.NotTestableReason);
    }

    [Fact]
    public void An_explained_move_that_is_read_again_is_no_crossover()
    {
        var stream = new MonitoredStream().Declare();
        for (var reading = 0; reading < 3; reading++)
        {
            stream.Expose("u1", "control");
            stream.Observe(new AssignmentEvent
            {
                ExperimentName = MonitoredStream.Experiment,
                Timestamp = stream.Now,
                SubjectId = "u1",
                PreviousVariantKey = "control",
                NewVariantKey = "b",
                ChangeReason = AssignmentChangeReasons.Policy,
            });
            stream.Expose("u1", "b");
        }

        Assert.Equal((0, 1), (stream.Status.Crossovers, stream.Status.ExplainedMoves));
    }

    [Fact]
    public void Crossovers_of_one_of_two_keys_are_signaled_once_and_end_with_a_reset()
    {
        var stream = new MonitoredStream { KeyId = "old" }.Declare();
        stream.ExposeMany(1_200);
        for (var subject = 0; subject < 50; subject++)
        {
            stream.Expose("x" + subject, "control");
            stream.Expose("x" + subject, "b");
        }

        Assert.Single(Crossovers());
        for (var host = 0; host < 5; host++)
        {
            stream.KeyId = "new";
            stream.ExposeMany(1_200);
            Assert.Empty(Crossovers());
            stream.KeyId = "old";
            stream.Expose("s1", "control");
            Assert.Empty(Crossovers());
        }

        Assert.True(stream.Status.HasCrossovers);
        stream.Monitor.Reset(MonitoredStream.Experiment, stream.Now);
        Assert.Equal("recovered", Assert.Single(Crossovers()).Data!["state"]);

        AnalysisSignalEvent[] Crossovers() => [.. stream.Evaluate().Where(static signal => signal.SignalType == AnalysisSignalType.SubjectCrossovers)];
    }

}
