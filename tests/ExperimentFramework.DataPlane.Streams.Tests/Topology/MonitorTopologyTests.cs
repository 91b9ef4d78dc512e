using System.Text;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Science.Tests;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>The topology as the engine runs it, without brokers.</summary>
public sealed class MonitorTopologyTests : IDisposable
{
    private readonly MonitorDriver _driver = new();

    private StreamsMonitor Monitor => _driver.Monitor;

    public void Dispose() => _driver.Dispose();

    [Theory]
    [InlineData(0, ExperimentState.Healthy)]
    [InlineData(0.2, ExperimentState.SampleRatioMismatch)]
    public async Task A_stream_with_a_ramp_crossovers_repeats_late_and_double_events_is_counted_as_the_monitor_over_its_file_does(double lossOfB, ExperimentState expected)
    {
        using var folder = new TemporaryFolder();
        var arrived = ArrivingStream.Generate(4_000, lossOfB);
        await File.WriteAllLinesAsync(folder.File("events.jsonl"), arrived.Select(DataPlaneJson.Serialize), TestContext.Current.CancellationToken);
        var monitor = new ExperimentMonitor();
        await foreach (var stored in EventFiles.ReadAsync(folder.File("events.jsonl"), cancellationToken: TestContext.Current.CancellationToken))
        {
            monitor.Observe(stored.Envelope, ArrivingStream.Begin);
        }

        _driver.Send(arrived);

        monitor.Evaluate(ArrivingStream.Begin);
        _driver.PassTime();

        var status = Assert.Single(monitor.GetExperiments());
        var experiment = _driver.Load(ArrivingStream.Experiment);
        Assert.Equal(
            status.Variants.Select(static variant => (variant.Key, variant.Subjects)).Order(),
            experiment.Counts.GroupBy(static count => count.Variant).Select(static variant => (variant.Key, variant.Sum(static count => count.Subjects))).Order());
        Assert.Equal((expected, expected), (status.State, experiment.State));
        Assert.Equal(status.State == ExperimentState.Healthy, experiment.LogPValue > Math.Log(0.01));
        Assert.Equal((status.Crossovers, status.ExplainedMoves), (experiment.Moves.Crossovers, experiment.Moves.Explained));
    }

    [Fact]
    public void Signals_are_envelopes_that_are_keyed_by_experiment_and_said_to_operators()
    {
        _driver.Send(ArrivingStream.Generate(2_000, lossOfB: 0.4));

        _driver.PassTime();

        var message = Assert.Single(_driver.TakeSignals(), static message => MonitorDriver.Signal(message).SignalType == AnalysisSignalType.SampleRatioMismatch);
        Assert.Equal(ArrivingStream.Experiment, message.Key);
        Assert.Equal((SignalSeverity.Error, "mismatch"), (MonitorDriver.Signal(message).Severity, MonitorDriver.Signal(message).Data!["state"]));
        Assert.Equal("AnalysisSignal", Encoding.UTF8.GetString(message.Headers.GetLastBytes("event-type")));
        Assert.NotEmpty(_driver.Logged("MonitorAlarm"));
        Assert.Equal(ExperimentState.SampleRatioMismatch, _driver.Monitored[ArrivingStream.Experiment].State);
    }

    [Fact]
    public void Nothing_is_reported_before_its_time()
    {
        _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        _driver.Tick();
        Assert.NotEmpty(_driver.Monitored);
        _driver.Send(Exposures.Envelope(Exposures.Of("u2", "b")));
        _driver.Tick();
        Assert.Equal((1, 1), (_driver.Monitored[Exposures.Experiment].Subjects, Monitor.Unreported));

        _driver.PassTime();

        Assert.Equal((2, 0), (_driver.Monitored[Exposures.Experiment].Subjects, Monitor.Unreported));
    }

    [Fact]
    public void A_clock_that_is_set_back_delays_no_report()
    {
        _driver.Send(Exposures.Envelope(Exposures.Declaration("v1", ("b", 1), ("control", 1))));
        _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        _driver.PassTime();
        _driver.TakeSentToCoordinators();
        _driver.Send(Exposures.Envelope(Exposures.Of("u2", "b")));

        _driver.SetClock(ArrivingStream.Begin.AddDays(-1));

        Assert.Equal(2, _driver.Monitored[Exposures.Experiment].Subjects);
        Assert.Equal([true, false], _driver.TakeSentToCoordinators().Select(static sent => sent.Event is not null));
    }

    [Fact]
    public void A_stop_reports_at_once()
    {
        _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        _driver.Tick();
        _driver.Send(Exposures.Envelope(Exposures.Of("u2", "b")));
        Monitor.IsStopping = true;
        _driver.Tick();

        Assert.Equal((2, 0), (_driver.Monitored[Exposures.Experiment].Subjects, Monitor.Unreported));
    }

    [Fact]
    public void Weights_that_nothing_declares_are_signaled_after_a_minute_without_further_events()
    {
        _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b", "v9")));
        _driver.PassTime();
        Assert.Empty(_driver.TakeSignals());

        _driver.PassTime(TimeSpan.FromMinutes(2));

        Assert.Equal(AnalysisSignalType.UndeclaredAllocation, MonitorDriver.Signal(Assert.Single(_driver.TakeSignals())).SignalType);
    }

    [Fact]
    public void Messages_that_are_no_events_are_passed_over_and_said_once()
    {
        _driver.Send("u1"u8.ToArray(), "not JSON");
        _driver.Send("u1"u8.ToArray(), "{}");
        _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        _driver.PassTime();

        Assert.Equal((2, 1), (Monitor.Unreadable, _driver.Monitored[Exposures.Experiment].Subjects));
        Assert.Single(_driver.Logged("StreamMessageUnreadable"));
    }

    [Fact]
    public void An_exposure_under_another_key_counts_nobody()
    {
        var exposure = Exposures.Envelope(Exposures.Of("u1", "b"));
        _driver.Send("u2"u8.ToArray(), DataPlaneJson.Serialize(exposure));
        _driver.PassTime();

        Assert.Equal(0, _driver.Monitored[Exposures.Experiment].Subjects);
        Assert.Equal(1, _driver.Load(Exposures.Experiment).Tallies.Excluded[PartitionCounter.NotKeyedBySubject]);
    }

    [Fact]
    public void A_message_without_a_timestamp_is_passed_over_and_said_once()
    {
        for (var message = 0; message < 2; message++)
        {
            _driver.Send("u1"u8.ToArray(), DataPlaneJson.Serialize(Exposures.Envelope(Exposures.Of("u1", "b"))), DateTime.UnixEpoch.AddMilliseconds(-1));
        }

        _driver.Send(Exposures.Envelope(Exposures.Of("u2", "b")));
        _driver.PassTime();

        Assert.Equal((2, 1), (Monitor.Untimed, _driver.Monitored[Exposures.Experiment].Subjects));
        Assert.Single(_driver.Logged("StreamMessageUntimed"));
    }

    [Fact]
    public void An_event_that_the_monitor_fails_at_does_not_stop_the_next_one_and_is_said_once()
    {
        _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        _driver.Subjects.Put(StateKeys.Subject(new RunKey(Exposures.Experiment, null), new SubjectHash(Exposures.Experiment).Of("u1")), [1]);
        _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        _driver.Send(Exposures.Envelope(Exposures.Of("u2", "b")));
        _driver.PassTime();

        Assert.Equal((2, 2), (Monitor.FailedEvents, _driver.Monitored[Exposures.Experiment].Subjects));
        Assert.Equal([Exposures.Experiment], Monitor.Failed);
        Assert.Single(_driver.Logged("StreamExperimentFailed"));
    }

    [Fact]
    public void Events_of_later_versions_are_counted_and_said_once()
    {
        var later = DataPlaneJson.Serialize(Exposures.Envelope(Exposures.Of("u1", "b"))).Replace("\"Exposure\"", "\"Impression\"", StringComparison.Ordinal);
        _driver.Send("u1"u8.ToArray(), later);
        _driver.Send("u1"u8.ToArray(), later);

        Assert.Equal(2, Monitor.Unknown);
        Assert.Single(_driver.Logged("StreamEventsUnknown"));
    }

    [Fact]
    public void An_exposure_with_an_empty_subject_counts_nobody()
    {
        _driver.Send([], DataPlaneJson.Serialize(Exposures.Envelope(Exposures.Of(string.Empty, "b"))));
        _driver.PassTime();

        Assert.Equal(0, _driver.Monitored[Exposures.Experiment].Subjects);
    }

    [Fact]
    public void A_signal_is_kept_until_a_commit_has_waited_for_it()
    {
        _driver.Send(ArrivingStream.Generate(2_000, lossOfB: 0.4));

        _driver.PassTime();
        Assert.False(_driver.Load(ArrivingStream.Experiment).Outbox.IsEmpty);

        _driver.Commit();
        _driver.PassTime();
        Assert.True(_driver.Load(ArrivingStream.Experiment).Outbox.IsEmpty);
    }

    [Fact]
    public void Experiments_beyond_the_bound_are_ignored_by_the_coordinator_and_names_without_exposures_keep_none_out()
    {
        Monitor.Options.MaxExperiments = 2;
        for (var name = 0; name < 5; name++)
        {
            _driver.Send(Exposures.Envelope(Exposures.Declaration("v1", ("b", 1), ("c", 1)) with { ExperimentName = $"junk{name}" }));
        }

        Assert.Equal(["junk3", "junk4"], _driver.Kept);
        for (var name = 0; name < 3; name++)
        {
            _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b") with { ExperimentName = $"real{name}" }));
        }

        _driver.PassTime();
        Assert.Equal(["real0", "real1"], _driver.Monitored.Keys.Order());
        Assert.Equal(1, Monitor.Ignored);
        Assert.Single(_driver.Logged("StreamExperimentsIgnored"));
    }

    [Fact]
    public void Weights_are_sent_again_with_reports_to_coordinators_that_may_have_lost_them()
    {
        _driver.Send(Exposures.Envelope(Exposures.Declaration("v1", ("b", 1), ("control", 1))));
        _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        _driver.PassTime();
        _driver.TakeSentToCoordinators();

        _driver.Send(Exposures.Envelope(Exposures.Of("u2", "b")));
        _driver.PassTime();
        Assert.DoesNotContain(_driver.TakeSentToCoordinators(), static sent => sent.Event is not null);

        _driver.Send(Exposures.Envelope(Exposures.Of("u3", "b")));
        _driver.PassTime(TimeSpan.FromSeconds(30));
        var (declared, report) = (_driver.TakeSentToCoordinators() is [var first, var second] ? (first, second) : default);
        Assert.Equal(AnalysisSignalType.AllocationDeclared, Assert.IsType<AnalysisSignalEvent>(declared.Event!.Payload).SignalType);
        Assert.NotNull(report.Report);

        _driver.PassTime(TimeSpan.FromSeconds(30));
        Assert.Empty(_driver.TakeSentToCoordinators());
    }

    [Fact]
    public void Stores_that_were_restored_are_taken_over_before_the_first_message()
    {
        Monitor.OnRestored(InternalTopics.SubjectsStore, 0);
        Monitor.OnRestored(InternalTopics.ExperimentsStore, 0);

        _driver.PassTime();

        Assert.NotNull(_driver.Subjects.Get(StateKeys.StoreId));
        Assert.False(_driver.Coordinators.TryMark());
    }

    [Fact]
    public void Weights_that_are_sent_again_are_not_written_again()
    {
        _driver.Send(Exposures.Envelope(Exposures.Declaration("v1", ("b", 1), ("control", 1)), 1));
        Assert.Equal([Exposures.Experiment], _driver.Kept);
        _driver.Coordinators.Delete(Exposures.Experiment);

        _driver.Send(Exposures.Envelope(Exposures.Declaration("v1", ("b", 1), ("control", 1)), 2));
        Assert.Empty(_driver.Kept);

        _driver.Send(Exposures.Envelope(Exposures.Declaration("v2", ("b", 1), ("control", 3)), 3));
        Assert.Equal([Exposures.Experiment], _driver.Kept);
    }

    [Fact]
    public void Events_that_concern_no_experiment_with_exposures_or_weights_keep_nothing()
    {
        _driver.Send(Exposures.Envelope(Exposures.Reset()));

        Assert.Empty(_driver.Kept);
        Assert.Empty(_driver.Monitored);
    }
}
