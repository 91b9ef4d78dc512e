using System.Globalization;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Subjects come back as new ones under each pseudonym key, so each key is a run.</summary>
public sealed class PseudonymKeyTests
{
    private readonly CoordinatedStream _stream = new();

    private CoordinatedExperiment Experiment => _stream.Experiment;

    [Fact]
    public void A_partition_counts_the_subjects_of_the_two_newest_keys_also_after_it_was_taken_over()
    {
        var store = new MemoryStore();
        var counter = new PartitionCounter(store, new ExperimentMonitorStreamsOptions());
        Count(counter, "k1", 10);
        Count(counter, "k2", 20);
        Count(counter, "k3", 30);
        Count(counter, "k1", 5);

        var report = counter.Report();
        Assert.Equal([("k2", 20L), ("k3", 30L)], report.Runs.Select(static run => (run.KeyId!, run.Subjects)));
        Assert.Equal(5, report.Tallies.Excluded[PartitionCounter.FormerPseudonymKey]);
        var again = new PartitionCounter(store.Copy(), new ExperimentMonitorStreamsOptions()).Report();
        Assert.Equal([("k2", 20L), ("k3", 30L)], again.Runs.Select(static run => (run.KeyId!, run.Subjects)));
    }

    [Fact]
    public void A_coordinator_without_state_counts_the_newest_keys_of_all_partitions_once()
    {
        var (first, second) = (CoordinatedStream.Counter(), CoordinatedStream.Counter());
        Count(first, "k1", 10);
        Count(first, "k2", 20);
        Count(first, "k3", 30);
        Count(second, "k1", 10);
        Count(second, "k2", 20);

        _stream.Merge(first.Report(0));
        _stream.Merge(second.Report(1));
        Count(second, "k3", 30);
        _stream.Merge(second.Report(1));

        Assert.Equal((2, 60), (Experiment.Run, Experiment.Subjects));
        _stream.Restore(_stream.Keep());
        Assert.Equal((2, 60), (Experiment.Run, Experiment.Subjects));
    }

    [Fact]
    public void A_late_report_of_a_former_key_ends_no_run()
    {
        var (quick, slow) = (CoordinatedStream.Counter(), CoordinatedStream.Counter());
        Count(slow, "k1", 10);
        _stream.Merge(slow.Report(1));
        Count(quick, "k2", 20);
        Count(quick, "k3", 30);
        _stream.Merge(quick.Report(0));
        Assert.Equal(3, Experiment.Run);

        Count(slow, "k1", 10);
        _stream.Merge(slow.Report(1));

        Assert.Equal((3, 30), (Experiment.Run, Experiment.Subjects));
    }

    [Fact]
    public void Keys_without_end_are_excluded()
    {
        var counter = CoordinatedStream.Counter();
        for (var key = 0; key < 300; key++)
        {
            Count(counter, key.ToString(CultureInfo.InvariantCulture), 1);
        }

        var report = counter.Report();
        Assert.Equal(2, report.Runs.Count);
        Assert.Equal(300 - 256, report.Tallies.Excluded[PartitionCounter.FormerPseudonymKey]);
    }

    private static void Count(PartitionCounter counter, string keyId, int subjects)
    {
        for (var subject = 0; subject < subjects; subject++)
        {
            var number = int.Parse(keyId.TrimStart('k'), CultureInfo.InvariantCulture);
            counter.TryCount(Exposures.Of($"{keyId}:{subject}", subject % 2 == 0 ? "b" : "control") with { Timestamp = Exposures.Time.AddDays(number) }, keyId, isKeyedBySubject: true);
        }
    }
}
