using System.Text;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>What stays of an experiment if a store, or a part of its state, is lost.</summary>
public sealed class LostStateTests
{
    private readonly CoordinatedStream _stream = new();

    private CoordinatedExperiment Experiment => _stream.Experiment;

    [Fact]
    public void What_is_written_is_read_and_goes_on()
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 5_000, lossOfB: 0.3);
        _stream.Merge(counter.Report());
        var before = Experiment;
        _stream.Restore(_stream.Keep());
        _stream.Evaluate();

        Assert.Equal((before.Run, before.Subjects, before.State, before.LogPValue), (Experiment.Run, Experiment.Subjects, Experiment.State, Experiment.LogPValue));
        Assert.Null(Experiment.Fault);
        counter.Count(5_000, 10);
        _stream.Merge(counter.Report());
        Assert.Equal(before.Subjects + 10, Experiment.Subjects);
    }

    [Fact]
    public void A_crash_between_a_partition_and_the_experiment_itself_loses_no_subject_and_doubles_none()
    {
        var (first, second) = (CoordinatedStream.Counter(), CoordinatedStream.Counter());
        first.Count(0, 1_000);
        second.Count(1_000, 1_000);
        _stream.Merge(first.Report(0));
        var own = Experiment.ToBytes();
        var unknown = second.Report(1);
        _stream.Merge(unknown);
        first.Count(2_000, 500);
        var late = first.Report(0);
        _stream.Merge(late);
        var counts = Experiment.Counts.Order().ToArray();
        var segments = Experiment.Segments.Order().ToArray();

        // What was lost was not committed, so the reports are read again.
        _stream.Restore((own, _stream.Keep().Partitions));
        Assert.Equal(1_500, Experiment.Subjects);
        _stream.Merge(unknown);
        _stream.Merge(late);
        Assert.Equal(counts, Experiment.Counts.Order());
        Assert.Equal(segments, Experiment.Segments.Order());
        Assert.Equal(1, Experiment.Run);
    }

    [Fact]
    public void Of_a_state_of_another_format_the_weights_the_verdict_the_reset_and_the_counts_are_kept_and_a_new_run_begins()
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 500);
        _stream.Merge(counter.Report());
        _stream.Observe(Exposures.Reset());
        counter.Count(500, 1);
        _stream.Merge(counter.Report());
        counter.Count(1_000, 5_000, lossOfB: 0.3);
        _stream.Merge(counter.Report());
        var before = Experiment;
        Assert.Equal((2, ExperimentState.SampleRatioMismatch), (before.Run, before.State));

        Assert.True(before.Outbox.Confirm(1));
        var (own, partitions) = _stream.Keep();
        _stream.Restore((OfOtherFormat(own), partitions));
        _stream.Sent.Clear();
        _stream.Evaluate();

        Assert.IsType<FormatException>(Experiment.Fault);
        Assert.Equal((3, before.Subjects, ExperimentState.SampleRatioMismatch), (Experiment.Run, Experiment.Subjects, Experiment.State));
        Assert.Equal(before.LogPValue, Experiment.LogPValue);
        Assert.Empty(_stream.Sent);
        counter.Count(10_000, 10);
        _stream.Merge(counter.Report());
        Assert.Equal(before.Subjects + 10, Experiment.Subjects);
    }

    [Fact]
    public void If_all_of_its_own_state_is_damaged_the_counts_of_the_partitions_are_there()
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 1_000);
        _stream.Merge(counter.Report());

        _stream.Restore(([1, 2, 3], _stream.Keep().Partitions));

        Assert.NotNull(Experiment.Fault);
        Assert.Equal(1_000, Experiment.Subjects);
    }

    [Fact]
    public void A_partition_that_is_damaged_says_so()
    {
        _stream.Merge(Report(CoordinatedStream.Counter(), 0, 10, 0));
        var bytes = Experiment.ToBytes(0);

        Assert.Throws<InvalidDataException>(() => CountedPartition.Read(bytes[..(bytes.Length / 2)]));
        Assert.Throws<InvalidDataException>(() => CountedPartition.Read(Compressed.Write(static stream => stream.WriteByte(99))));
    }

    [Fact]
    public void All_partitions_that_lose_their_stores_are_one_loss_and_one_new_run()
    {
        var former = new PartitionReport[16];
        for (var partition = 0; partition < former.Length; partition++)
        {
            _stream.Merge(former[partition] = Report(CoordinatedStream.Counter(), partition * 1_000, 100, partition));
        }

        Assert.Equal((1, 1_600), (Experiment.Run, Experiment.Subjects));
        var losses = 0;
        for (var partition = 0; partition < former.Length; partition++)
        {
            losses += _stream.Merge(Report(CoordinatedStream.Counter(), partition * 1_000, 50, partition)) ? 1 : 0;

            // Whoever has lost the partition may not know it yet.
            _stream.Merge(former[partition]);
        }

        Assert.Equal((1, 2, 800), (losses, Experiment.Run, Experiment.Subjects));
    }

    [Fact]
    public void Reports_of_any_of_the_stores_that_were_lost_are_late()
    {
        var former = Report(CoordinatedStream.Counter(), 0, 100, 0);
        _stream.Merge(former);
        for (var loss = 0; loss < 3; loss++)
        {
            Assert.True(_stream.Merge(Report(CoordinatedStream.Counter(), 0, 10, 0)));
        }

        Assert.False(_stream.Merge(former));
        Assert.Equal((4, 10), (Experiment.Run, Experiment.Subjects));
    }

    [Fact]
    public void A_store_that_is_kept_counts_in_the_new_run_from_its_next_report()
    {
        var (kept, lost) = (CoordinatedStream.Counter(), CoordinatedStream.Counter());
        _stream.Merge(Report(kept, 0, 1_000, 0));
        _stream.Merge(Report(lost, 1_000, 1_000, 1));

        Assert.True(_stream.Merge(Report(CoordinatedStream.Counter(), 1_000, 500, 1)));
        Assert.Equal((2, 500), (Experiment.Run, Experiment.Subjects));
        _stream.Merge(Report(kept, 5_000, 10, 0));
        Assert.Equal((2, 1_510), (Experiment.Run, Experiment.Subjects));
    }

    [Fact]
    public void A_store_that_is_lost_right_after_a_reset_counts_its_subjects()
    {
        _stream.Merge(Report(CoordinatedStream.Counter(), 0, 100, 0));
        _stream.Observe(Exposures.Reset());

        _stream.Merge(Report(CoordinatedStream.Counter(), 0, 50, 0));

        Assert.Equal(50, Experiment.Subjects);
    }

    [Fact]
    public void The_verdict_of_a_run_outlives_it_and_the_next_run_weighs_less()
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 5_000, lossOfB: 0.3);
        _stream.Merge(counter.Report());
        var verdict = Experiment.LogPValue;
        _stream.Merge(Report(CoordinatedStream.Counter(), 0, 100, 0));
        Assert.Equal((2, ExperimentState.SampleRatioMismatch, verdict), (Experiment.Run, Experiment.State, Experiment.LogPValue));

        // Without an earlier verdict, run 2 has the factor 2 x 3, and run 1 had 1 x 2.
        var (once, twice) = (new CoordinatedStream(), new CoordinatedStream());
        twice.Merge(Report(CoordinatedStream.Counter(), 0, 10, 0));
        var report = Broken();
        once.Merge(report);
        twice.Merge(report);
        Assert.Equal((1, 2), (once.Experiment.Run, twice.Experiment.Run));
        Assert.Equal(once.Experiment.LogPValue + Math.Log(3), twice.Experiment.LogPValue, 9);

        static PartitionReport Broken()
        {
            var counter = CoordinatedStream.Counter();
            counter.Count(0, 5_000, lossOfB: 0.3);
            return counter.Report();
        }
    }

    [Fact]
    public void Stores_that_are_lost_again_and_again_raise_no_false_alarm()
    {
        // Subjects that differ by chance: alone, and without the weight of a run, about one of these hundred would be an alarm at each loss.
        var alarms = 0;
        for (var stream = 0; stream < 100; stream++)
        {
            var lossy = new CoordinatedStream();
            for (var loss = 0; loss < 20; loss++)
            {
                var counter = CoordinatedStream.Counter();
                counter.Count(0, 200, seed: (stream * 100) + loss);
                lossy.Merge(counter.Report());
            }

            Assert.Equal(20, lossy.Experiment.Run);
            alarms += lossy.Experiment.State == ExperimentState.SampleRatioMismatch ? 1 : 0;
        }

        Assert.Equal(0, alarms);
    }

    private static PartitionReport Report(PartitionCounter counter, int from, int count, int partition)
    {
        counter.Count(from, count);
        return counter.Report(partition);
    }

    private static byte[] OfOtherFormat(byte[] own)
    {
        using var reader = new BinaryReader(Compressed.Read(own), Encoding.UTF8);
        var facts = reader.ReadString();
        return Compressed.Write(stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write(facts);
            writer.Write(SnapshotWriter.FormatVersion + 1);
        });
    }
}
