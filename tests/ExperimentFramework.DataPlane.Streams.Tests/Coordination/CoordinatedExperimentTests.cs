using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams.Tests;

public sealed class CoordinatedExperimentTests
{
    private readonly CoordinatedExperiment _experiment = new(Exposures.Experiment);
    private readonly List<AnalysisSignalEvent> _signals = [];

    public CoordinatedExperimentTests() => Observe(Exposures.Declaration("v1", ("control", 1), ("b", 1)));

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

        Assert.Equal(160, _experiment.Subjects);
        Assert.Equal((1, ExperimentState.Healthy), (_experiment.Run, _experiment.State));
    }

    [Fact]
    public void The_evidence_is_that_of_the_added_counters()
    {
        var (first, second) = (Counter(), Counter());
        first.Count(0, 2_000, lossOfB: 0.1);
        second.Count(2_000, 2_000, lossOfB: 0.1);
        Merge(first.Report(0));
        Merge(second.Report(1));

        var counts = _experiment.Counts.ToDictionary(static count => count.Variant, static count => count.Subjects);
        var whole = SequentialSampleRatio.LogMixtureEValue([counts["control"], counts["b"]], [0.5, 0.5], SequentialSampleRatio.Concentrations);

        // Half of the weight of half of the evidence is on the whole run; the first run has the factor 2, the segment of the subject type 1/64, and what is still to come rests on 1.
        var expected = Math.Log((0.25 * Math.Exp(whole)) + 0.25 + (Math.Exp(whole) / 64) + (0.5 * 31 / 32));
        Assert.Equal(Math.Min(0, Math.Log(2) - expected), _experiment.LogPValue, 9);
    }

    [Fact]
    public void A_broken_split_is_signaled_once_and_the_same_again_after_a_crash()
    {
        var counter = Counter();
        counter.Count(0, 5_000, lossOfB: 0.3);
        var (report, before) = (counter.Report(), _experiment.ToBytes());
        Merge(report);
        Merge(report);

        var signal = Assert.Single(_signals);
        Assert.Equal((AnalysisSignalType.SampleRatioMismatch, SignalSeverity.Error), (signal.SignalType, signal.Severity));
        Assert.Equal(ExperimentState.SampleRatioMismatch, _experiment.State);

        List<AnalysisSignalEvent> again = [];
        var restored = CoordinatedExperiment.Read(before);
        restored.Merge(report);
        restored.Evaluate(report.Time, again);
        var id = SignalEnvelope.Of(signal).EventId;
        Assert.Equal(id, SignalEnvelope.Of(Assert.Single(again)).EventId);
        Assert.Equal((7, signal.Timestamp.ToUnixTimeMilliseconds()), (id.Version, Convert.ToInt64(id.ToString("N")[..12], 16)));
    }

    [Fact]
    public void A_report_that_comes_late_or_twice_changes_nothing()
    {
        var counter = Counter();
        counter.Count(0, 100);
        var early = counter.Report();
        counter.Count(100, 100);
        var late = counter.Report();
        Merge(late);
        Merge(early);
        Merge(late);

        Assert.Equal(200, _experiment.Subjects);
        Assert.Empty(_experiment.Excluded);
    }

    [Fact]
    public void A_store_that_is_lost_is_a_new_run_of_the_subjects_that_are_held_and_weighs_less()
    {
        var (kept, lost) = (Counter(), Counter());
        kept.Count(0, 1_000);
        lost.Count(1_000, 1_000);
        Merge(kept.Report(0));
        var former = lost.Report(1);
        Merge(former);
        Assert.Equal((1, 2_000), (_experiment.Run, _experiment.Subjects));

        var anew = Counter();
        anew.Count(1_000, 500);
        Assert.True(_experiment.Merge(anew.Report(1)));
        Assert.Equal((2, 1_500), (_experiment.Run, _experiment.Subjects));

        // Whoever has lost the partition may not know it yet.
        Merge(former);
        Assert.Equal((2, 1_500), (_experiment.Run, _experiment.Subjects));
    }

    [Fact]
    public void The_verdict_of_a_run_outlives_it()
    {
        var counter = Counter();
        counter.Count(0, 5_000, lossOfB: 0.3);
        Merge(counter.Report());
        var anew = Counter();
        anew.Count(0, 100);
        Merge(anew.Report());

        Assert.Equal((2, ExperimentState.SampleRatioMismatch), (_experiment.Run, _experiment.State));
        Assert.True(_experiment.LogPValue < Math.Log(0.01), $"p = {Math.Exp(_experiment.LogPValue)}");
    }

    [Fact]
    public void Stores_that_are_lost_again_and_again_raise_no_false_alarm()
    {
        for (var loss = 0; loss < 20; loss++)
        {
            var counter = Counter();
            counter.Count(0, 500);
            Merge(counter.Report());
        }

        Assert.Equal((20, ExperimentState.Healthy), (_experiment.Run, _experiment.State));
    }

    [Fact]
    public void A_reset_counts_the_subjects_that_come_after_it_and_happens_once()
    {
        var counter = Counter();
        counter.Count(0, 5_000, lossOfB: 0.3);
        Merge(counter.Report());
        Observe(Exposures.Reset());
        Observe(Exposures.Reset());
        counter.Count(5_000, 1_000);
        Merge(counter.Report());

        Assert.Equal((2, 1_000, ExperimentState.Healthy), (_experiment.Run, _experiment.Subjects, _experiment.State));

        // A store that is lost later does not bring back what was reset.
        var other = Counter();
        other.Count(10_000, 10);
        Merge(other.Report(1));
        var anew = Counter();
        anew.Count(10_000, 10);
        Merge(anew.Report(1));
        Assert.Equal((3, 1_010), (_experiment.Run, _experiment.Subjects));
    }

    [Fact]
    public void Subjects_of_weights_that_nothing_declared_are_counted_and_reported_after_a_minute()
    {
        var counter = Counter();
        counter.TryCount(Exposures.Of("u1", "b", "v9"), null, isKeyedBySubject: true);
        Merge(counter.Report());
        Assert.Empty(_signals);
        _experiment.Evaluate(Exposures.Time.AddMinutes(2), _signals);

        Assert.Equal(AnalysisSignalType.UndeclaredAllocation, Assert.Single(_signals).SignalType);
        Assert.Equal(1, _experiment.Subjects);
    }

    [Fact]
    public void Variants_without_a_weight_are_excluded()
    {
        var counter = Counter();
        counter.TryCount(Exposures.Of("u1", "b"), null, isKeyedBySubject: true);
        counter.TryCount(Exposures.Of("u2", "stranger"), null, isKeyedBySubject: true);
        Merge(counter.Report());

        Assert.Equal(1, _experiment.Subjects);
        Assert.Equal(new Dictionary<string, long> { [MonitoredExperiment.NoWeight] = 1 }, _experiment.Excluded);
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

        var signal = Assert.Single(_signals, static signal => signal.SignalType == AnalysisSignalType.SubjectCrossovers);
        Assert.Equal(1_000L, signal.Data!["subjects"]);
    }

    [Fact]
    public void Losses_that_accounts_report_make_the_verdict_inconclusive()
    {
        var counter = Counter();
        counter.Count(0, 5_000, lossOfB: 0.3);
        var row = new AccountedDrops { ExperimentName = Exposures.Experiment, VariantKey = "b", EventType = nameof(DataPlaneEventType.Exposure), Reason = "queue_full", Count = 1_000 };
        Observe(new AccountingEvent
        {
            ExperimentName = "*",
            Timestamp = Exposures.Time,
            ProducerId = "0a1b2c3d4e5",
            Destination = "KafkaDataBackplane",
            SequenceNumber = 1,
            IntervalStart = Exposures.Time,
            IntervalEnd = Exposures.Time,
            IsLast = false,
            Calls = [],
            Published = [],
            Drops = [row],
        });
        Merge(counter.Report());

        Assert.Equal(ExperimentState.Inconclusive, _experiment.State);
    }

    [Fact]
    public void What_is_written_is_read_and_goes_on()
    {
        var counter = Counter();
        counter.Count(0, 5_000, lossOfB: 0.3);
        Merge(counter.Report());
        var restored = CoordinatedExperiment.Read(_experiment.ToBytes());

        Assert.Equal((_experiment.Run, _experiment.Subjects, _experiment.State, _experiment.LogPValue), (restored.Run, restored.Subjects, restored.State, restored.LogPValue));
        List<AnalysisSignalEvent> signals = [];
        restored.Evaluate(Exposures.Time, signals);
        Assert.Empty(signals);
        counter.Count(5_000, 10);
        restored.Merge(counter.Report());
        Assert.Equal(_experiment.Subjects + 10, restored.Subjects);
    }

    [Fact]
    public void A_state_that_is_damaged_or_newer_says_so()
    {
        var bytes = _experiment.ToBytes();

        Assert.Throws<InvalidDataException>(() => CoordinatedExperiment.Read(bytes[..^5]));
        bytes[0]++;
        Assert.Throws<InvalidDataException>(() => CoordinatedExperiment.Read(bytes));
    }

    private static PartitionCounter Counter() => new(new MemoryStore(), new ExperimentMonitorStreamsOptions());

    private void Observe(DataPlaneEvent payload)
    {
        foreach (var (name, part) in CoordinatorMessage.Of(Exposures.Envelope(payload), [Exposures.Experiment]))
        {
            Assert.Equal(Exposures.Experiment, name);
            _experiment.Observe(CoordinatorMessage.Read(CoordinatorMessage.ToBytes(part)).Event!, Exposures.Time, _signals);
        }
    }

    private void Merge(PartitionReport report)
    {
        _experiment.Merge(CoordinatorMessage.Read(CoordinatorMessage.ToBytes(report)).Report!);
        _experiment.Evaluate(report.Time, _signals);
    }
}
