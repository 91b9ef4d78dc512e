using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams.Tests;

public sealed class CoordinatedExperimentTests
{
    private readonly CoordinatedStream _stream = new();

    private CoordinatedExperiment Experiment => _stream.Experiment;

    [Fact]
    public void Counters_of_partitions_are_added()
    {
        var (first, second) = (Counter(), Counter());
        first.Count(0, 100);
        second.Count(100, 50);
        Merge(first.Report(0));
        Merge(second.Report(1));
        first.Count(150, 10);
        Merge(first.Report(0));

        Assert.Equal(160, Experiment.Subjects);
        Assert.Equal((1, ExperimentState.Healthy), (Experiment.Run, Experiment.State));
    }

    [Fact]
    public void The_evidence_is_that_of_the_added_counters()
    {
        var (first, second) = (Counter(), Counter());
        first.Count(0, 2_000, lossOfB: 0.1);
        second.Count(2_000, 2_000, lossOfB: 0.1);
        Merge(first.Report(0));
        Merge(second.Report(1));

        var counts = Experiment.Counts.ToDictionary(static count => count.Variant, static count => count.Subjects);
        var whole = SequentialSampleRatio.LogMixtureEValue([counts["control"], counts["b"]], [0.5, 0.5], SequentialSampleRatio.Concentrations);

        // Half of the weight of half of the evidence is on the whole run; the first run has the factor 2, the segment of the subject type 1/64, and what is still to come rests on 1.
        var expected = Math.Log((0.25 * Math.Exp(whole)) + 0.25 + (Math.Exp(whole) / 64) + (0.5 * 31 / 32));
        Assert.Equal(Math.Min(0, Math.Log(2) - expected), Experiment.LogPValue, 9);
    }

    [Fact]
    public void Subjects_of_weights_that_nothing_declared_are_counted_and_reported_after_a_minute()
    {
        var counter = Counter();
        counter.TryCount(Exposures.Of("u1", "b", "v9"), null, isKeyedBySubject: true);
        Merge(counter.Report());
        Assert.Empty(_stream.Signals);
        _stream.Now += TimeSpan.FromMinutes(2);
        _stream.Evaluate();

        Assert.Equal(AnalysisSignalType.UndeclaredAllocation, Assert.Single(_stream.Signals).SignalType);
        Assert.Equal(1, Experiment.Subjects);
    }

    [Fact]
    public void Variants_without_a_weight_are_excluded()
    {
        var counter = Counter();
        counter.TryCount(Exposures.Of("u1", "b"), null, isKeyedBySubject: true);
        counter.TryCount(Exposures.Of("u2", "stranger"), null, isKeyedBySubject: true);
        Merge(counter.Report());

        Assert.Equal(1, Experiment.Subjects);
        Assert.Equal(new Dictionary<string, long> { [MonitoredExperiment.NoWeight] = 1 }, Experiment.Tallies.Excluded);
    }

    [Fact]
    public void Crossovers_of_all_partitions_are_signaled()
    {
        for (var partition = 0; partition < 2; partition++)
        {
            var counter = Counter();
            counter.Count(partition * 1_000, 1_000);
            for (var subject = 0; subject < 20; subject++)
            {
                counter.TryCount(Exposures.Of($"s{(partition * 1_000) + subject}", "control"), null, isKeyedBySubject: true);
                counter.TryCount(Exposures.Of($"s{(partition * 1_000) + subject}", "b"), null, isKeyedBySubject: true);
            }

            Merge(counter.Report(partition));
        }

        var signal = Assert.Single(_stream.Signals, static signal => signal.SignalType == AnalysisSignalType.SubjectCrossovers);
        Assert.Equal(1_000L, signal.Data!["subjects"]);
    }

    [Fact]
    public void A_broken_split_is_signaled_once()
    {
        var counter = Counter();
        counter.Count(0, 5_000, lossOfB: 0.3);
        var report = counter.Report();
        Merge(report);
        Merge(report);

        var signal = Assert.Single(_stream.Signals);
        Assert.Equal((AnalysisSignalType.SampleRatioMismatch, SignalSeverity.Error), (signal.SignalType, signal.Severity));
        Assert.Equal(ExperimentState.SampleRatioMismatch, Experiment.State);
    }

    [Fact]
    public void Redacted_subjects_of_all_hosts_cannot_be_tested_which_is_said_once()
    {
        var counter = Counter();
        for (var exposure = 0; exposure < 2_000; exposure++)
        {
            counter.TryCount(Exposures.Of("[redacted]", exposure % 2 == 0 ? "b" : "control"), null, isKeyedBySubject: true);
        }

        Merge(counter.Report());
        _stream.Evaluate();

        var signal = Assert.Single(_stream.Signals, static signal => signal.SignalType == AnalysisSignalType.NotTestable);
        Assert.Equal(("redacted-subjects", 1L), (signal.Data!["reason"], signal.Data["subjects"]));
        Assert.Equal(ExperimentState.NotTestable, Experiment.State);
    }

    [Fact]
    public void Redacted_subjects_are_not_forgotten_when_the_partition_is_taken_over()
    {
        var store = new MemoryStore();
        var former = new PartitionCounter(store, new ExperimentMonitorStreamsOptions());
        for (var exposure = 0; exposure < 2_000; exposure++)
        {
            former.TryCount(Exposures.Of("[redacted]", "b"), null, isKeyedBySubject: true);
        }

        Merge(former.Report());
        var next = new PartitionCounter(store, new ExperimentMonitorStreamsOptions());
        next.TryCount(Exposures.Of("[redacted]", "b"), null, isKeyedBySubject: true);
        Merge(next.Report());

        Assert.Equal(ExperimentState.NotTestable, Experiment.State);
        Assert.Single(_stream.Signals, static signal => signal.SignalType == AnalysisSignalType.NotTestable);
    }

    [Fact]
    public void Plans_of_the_stream_are_not_followed()
    {
        var plan = new AnalysisSignalEvent { ExperimentName = Exposures.Experiment, Timestamp = Exposures.Time, SignalType = AnalysisSignalType.PlanDeclared, Severity = SignalSeverity.Info, Message = "Planned." };

        Assert.Empty(CoordinatorMessage.Of(Exposures.Envelope(plan)));
    }

    [Fact]
    public void More_than_64_versions_of_the_weights_keep_the_evidence_of_the_first_and_count_no_subject_twice()
    {
        var counter = Counter();
        for (var version = 0; version < 70; version++)
        {
            _stream.Observe(Exposures.Declaration($"w{version}", ("control", 1), ("b", 1)));
            for (var subject = 0; subject < 40; subject++)
            {
                counter.TryCount(Exposures.Of($"{version}:{subject}", "control", $"w{version}"), null, isKeyedBySubject: true);
            }

            Merge(counter.Report());
        }

        var (subjects, evidence) = (Experiment.Subjects, Experiment.LogPValue);
        Assert.Equal(64 * 40, subjects);
        _stream.Restore(_stream.Keep());
        _stream.Evaluate();

        Assert.Equal((subjects, evidence), (Experiment.Subjects, Experiment.LogPValue));
        Assert.Equal(64, Experiment.Counts.Select(static count => count.Version).Distinct().Count());
    }

    private static PartitionCounter Counter() => CoordinatedStream.Counter();

    private bool Merge(PartitionReport report) => _stream.Merge(report);
}
