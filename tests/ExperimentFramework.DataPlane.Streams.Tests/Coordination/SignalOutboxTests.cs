namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Signals are published at least once, with one id.</summary>
public sealed class SignalOutboxTests
{
    private readonly CoordinatedStream _stream = new();

    [Fact]
    public void A_signal_that_may_not_have_been_written_is_sent_again_by_whoever_reads_the_state()
    {
        Break();
        var sent = Assert.Single(_stream.Sent);
        var state = _stream.Keep();

        _stream.Sent.Clear();
        _stream.Restore(state);
        _stream.Now += TimeSpan.FromHours(1);
        _stream.Evaluate();

        var again = Assert.Single(_stream.Sent);
        Assert.Equal((sent.EventId, sent.Timestamp), (again.EventId, again.Timestamp));
    }

    [Fact]
    public void A_signal_is_forgotten_after_a_commit_that_began_after_it_was_sent()
    {
        Break();
        Assert.False(_stream.Experiment.Outbox.Confirm(0));
        Assert.True(_stream.Experiment.Outbox.Confirm(1));
        Assert.True(_stream.Experiment.Outbox.IsEmpty);

        _stream.Sent.Clear();
        _stream.Restore(_stream.Keep());
        _stream.Evaluate();
        Assert.Empty(_stream.Sent);
    }

    [Fact]
    public void A_signal_that_is_found_again_with_other_counts_at_another_time_has_the_same_id()
    {
        var before = _stream.Keep();
        Break();
        var sent = Assert.Single(_stream.Sent);

        _stream.Sent.Clear();
        _stream.Restore(before);
        _stream.Now += TimeSpan.FromSeconds(7);
        Break(subjects: 6_000);

        var again = Assert.Single(_stream.Sent);
        Assert.NotEqual(((AnalysisSignalEvent)sent.Payload).Data!["subjects"], ((AnalysisSignalEvent)again.Payload).Data!["subjects"]);
        Assert.Equal(sent.EventId, again.EventId);
        Assert.Equal(8, again.EventId.Version);
    }

    [Fact]
    public void The_same_finding_of_another_run_is_another_signal()
    {
        Break();
        _stream.Observe(Exposures.Reset());
        Break();
        Break();
        _stream.Evaluate();

        Assert.Equal(_stream.Sent.Count, _stream.Sent.Select(static envelope => envelope.EventId).Distinct().Count());
        Assert.Equal(["mismatch", "reset", "mismatch"], _stream.Signals.Select(static signal => signal.Data!["state"]));
    }

    private readonly PartitionCounter _counter = CoordinatedStream.Counter();
    private int _subjects;

    private void Break(int subjects = 5_000)
    {
        _counter.Count(_subjects, subjects, lossOfB: 0.3);
        _subjects += subjects;
        _stream.Merge(_counter.Report());
    }
}
