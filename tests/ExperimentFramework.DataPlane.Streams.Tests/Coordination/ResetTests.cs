using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>An experiment that is counted anew because its cause was mended.</summary>
public sealed class ResetTests
{
    private readonly CoordinatedStream _stream = new();

    private CoordinatedExperiment Experiment => _stream.Experiment;

    [Fact]
    public void Subjects_that_were_counted_and_not_reported_when_it_was_reset_do_not_count()
    {
        var (counter, unknown) = (CoordinatedStream.Counter(), CoordinatedStream.Counter());
        counter.Count(0, 5_000, lossOfB: 0.3);
        _stream.Merge(counter.Report(0));
        counter.Count(5_000, 5_000, lossOfB: 0.3);
        unknown.Count(10_000, 5_000, lossOfB: 0.3);

        _stream.Observe(Exposures.Reset());
        _stream.Merge(counter.Report(0));
        _stream.Merge(unknown.Report(1));
        Assert.Equal((0, ExperimentState.Gathering), (Experiment.Subjects, Experiment.State));

        counter.Count(20_000, 1_000);
        unknown.Count(30_000, 1_000);
        _stream.Merge(counter.Report(0));
        _stream.Merge(unknown.Report(1));
        Assert.Equal((2, 2_000, ExperimentState.Healthy), (Experiment.Run, Experiment.Subjects, Experiment.State));
    }

    [Fact]
    public void A_reset_ends_the_alarm_although_no_subject_was_counted_since_a_store_was_lost()
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 5_000, lossOfB: 0.3);
        _stream.Merge(counter.Report(0));
        Assert.Equal(ExperimentState.SampleRatioMismatch, Experiment.State);
        var empty = CoordinatedStream.Counter();
        empty.TryCount(Exposures.Of("nobody", "control") with { SubjectId = null }, null, isKeyedBySubject: false);
        Assert.True(_stream.Merge(empty.Report(0)));
        Assert.Equal(0, Experiment.Subjects);

        _stream.Observe(Exposures.Reset());
        _stream.Evaluate();

        Assert.Equal(ExperimentState.Gathering, Experiment.State);
        Assert.Equal("reset", _stream.Signals[^1].Data!["state"]);
    }

    [Fact]
    public void A_report_in_parts_is_the_baseline_as_a_whole()
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 1_000);
        var parts = ReportFormat.Split(counter.Report(), 1).ToArray();
        Assert.True(parts.Length > 1);
        _stream.Observe(Exposures.Reset());
        foreach (var part in parts)
        {
            _stream.Merge(part);
        }

        counter.Count(1_000, 10);
        _stream.Merge(counter.Report());
        Assert.Equal(10, Experiment.Subjects);
    }

    [Fact]
    public void Resets_that_are_read_again_after_a_crash_happen_once()
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 100);
        _stream.Merge(counter.Report());
        _stream.Observe(Exposures.Reset(), number: 101);
        _stream.Observe(Exposures.Reset(), number: 102);
        counter.Count(100, 1);
        _stream.Merge(counter.Report());
        counter.Count(200, 50);
        _stream.Merge(counter.Report());
        _stream.Restore(_stream.Keep());

        _stream.Observe(Exposures.Reset(), number: 101);
        _stream.Observe(Exposures.Reset(), number: 102);

        Assert.Equal(50, Experiment.Subjects);
    }
}
