using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Exposures are no function of what a store holds, and still are not added twice.</summary>
public sealed class TallyTests
{
    private readonly CoordinatedStream _stream = new();

    [Fact]
    public void A_report_that_comes_late_or_twice_changes_nothing()
    {
        var counter = CoordinatedStream.Counter();
        PartitionReport[] reports = [.. Enumerable.Range(0, 3).Select(number => ReportOf(counter, number))];
        _stream.Merge(reports[2]);
        var before = Shown();
        foreach (var number in new[] { 0, 1, 2, 1, 0, 2 })
        {
            _stream.Merge(reports[number]);
        }

        Assert.Equal(before, Shown());
        Assert.Equal((315L, 15L, 300L), (_stream.Experiment.Tallies.Exposures, _stream.Experiment.Tallies.Excluded[SelectionReasons.NoSubject], _stream.Experiment.Subjects));
    }

    [Fact]
    public void A_report_of_a_session_that_has_ended_adds_no_exposure()
    {
        var store = new MemoryStore();
        var former = new PartitionCounter(store, new ExperimentMonitorStreamsOptions());
        var early = ReportOf(former, 0);
        _stream.Merge(early);
        var later = ReportOf(new PartitionCounter(store, new ExperimentMonitorStreamsOptions()), 1);
        _stream.Merge(later);
        Assert.Equal(210, _stream.Experiment.Tallies.Exposures);

        _stream.Merge(early);
        _stream.Merge(later);
        _stream.Restore(_stream.Keep());
        _stream.Merge(early);

        Assert.Equal((210L, 200L), (_stream.Experiment.Tallies.Exposures, _stream.Experiment.Subjects));
    }

    [Fact]
    public void Moves_are_those_of_the_newest_report()
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 10);
        counter.TryCount(Exposures.Of("mover", "b"), null, isKeyedBySubject: true);
        var early = counter.Report();
        counter.TryCount(Exposures.Of("mover", "control"), null, isKeyedBySubject: true);
        _stream.Merge(counter.Report());
        _stream.Merge(early);

        Assert.Equal(new SubjectMoves(11, 1, 0), _stream.Experiment.Moves);
    }

    [Fact]
    public void Fallbacks_of_all_partitions_are_added()
    {
        for (var partition = 0; partition < 2; partition++)
        {
            var counter = CoordinatedStream.Counter();
            counter.TryCount(Exposures.Of($"u{partition}", "control") with { AssignedVariantKey = "b" }, null, isKeyedBySubject: true);
            _stream.Merge(counter.Report(partition));
        }

        Assert.Equal(2, _stream.Experiment.Tallies.Fallbacks.Sum());
    }

    private static PartitionReport ReportOf(PartitionCounter counter, int number)
    {
        counter.Count(number * 100, 100);
        for (var exposure = 0; exposure < 5; exposure++)
        {
            counter.TryCount(Exposures.Of(null, "b"), null, isKeyedBySubject: false);
        }

        return counter.Report();
    }

    private string Shown()
    {
        var tallies = _stream.Experiment.Tallies;
        return string.Join(' ', [tallies.Exposures, tallies.WithSubject, tallies.WithVersion, .. tallies.ByVariant.Take(4), .. tallies.Excluded.OrderBy(static row => row.Key).Select(static row => row.Value), .. tallies.Reasons.OrderBy(static row => row.Key).Select(static row => row.Value)]);
    }
}
