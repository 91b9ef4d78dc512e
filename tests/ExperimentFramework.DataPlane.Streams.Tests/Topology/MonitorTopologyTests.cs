using System.Text;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Science.Tests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Streamiz.Kafka.Net.Mock;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>The topology as the engine runs it, without brokers.</summary>
public sealed class MonitorTopologyTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(ArrivingStream.Begin);
    private readonly FakeLogCollector _logs = new();
    private readonly StreamsMonitor _monitor;
    private readonly TopologyTestDriver _driver;
    private readonly TestInputTopic<byte[], byte[]> _events;
    private readonly TestOutputTopic<string, byte[]> _signals;

    public MonitorTopologyTests()
    {
        var options = new ExperimentMonitorStreamsOptions { BootstrapServers = "none:1", Topic = "events", SignalsTopic = "signals" };
        var loggers = LoggerFactory.Create(builder => builder.AddProvider(new FakeLoggerProvider(_logs)));
        _monitor = new StreamsMonitor(options, _time, loggers);
        _driver = new TopologyTestDriver(MonitorTopology.Build(_monitor), EngineSettings.Create(_monitor, LoggerFactory.Create(static _ => { })));
        _events = _driver.CreateInputTopic("events", new ByteArraySerDes(), new ByteArraySerDes());
        _signals = _driver.CreateOutputTopic("signals", TimeSpan.FromSeconds(1), new StringSerDes(), new ByteArraySerDes());
    }

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

        foreach (var envelope in arrived)
        {
            Send(envelope);
        }

        monitor.Evaluate(ArrivingStream.Begin);
        PassTime();

        var status = Assert.Single(monitor.GetExperiments());
        var experiment = Load(ArrivingStream.Experiment);
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
        foreach (var envelope in ArrivingStream.Generate(2_000, lossOfB: 0.4))
        {
            Send(envelope);
        }

        PassTime();

        var message = Assert.Single(_signals.ReadKeyValueList(), static message => Signal(message.Message.Value).SignalType == AnalysisSignalType.SampleRatioMismatch).Message;
        Assert.Equal(ArrivingStream.Experiment, message.Key);
        Assert.Equal((SignalSeverity.Error, "mismatch"), (Signal(message.Value).Severity, Signal(message.Value).Data!["state"]));
        Assert.Equal("AnalysisSignal", Encoding.UTF8.GetString(message.Headers.GetLastBytes("event-type")));
        Assert.Contains(_logs.GetSnapshot(), static record => record.Id.Name == "StreamAlarm");
        Assert.Equal(ExperimentState.SampleRatioMismatch, _monitor.Experiments[ArrivingStream.Experiment].State);
    }

    [Fact]
    public void Nothing_is_reported_before_its_time()
    {
        Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        _driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(200));
        Assert.NotEmpty(_monitor.Experiments);
        Send(Exposures.Envelope(Exposures.Of("u2", "b")));
        _driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(200));
        Assert.Equal((1, 1), (_monitor.Experiments[Exposures.Experiment].Subjects, _monitor.Unreported));

        PassTime();

        Assert.Equal((2, 0), (_monitor.Experiments[Exposures.Experiment].Subjects, _monitor.Unreported));
    }

    [Fact]
    public void A_stop_reports_at_once()
    {
        Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        _driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(200));
        Send(Exposures.Envelope(Exposures.Of("u2", "b")));
        _monitor.IsStopping = true;
        _driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(200));

        Assert.Equal((2, 0), (_monitor.Experiments[Exposures.Experiment].Subjects, _monitor.Unreported));
    }

    [Fact]
    public void Weights_that_nothing_declares_are_signaled_after_a_minute_without_further_events()
    {
        Send(Exposures.Envelope(Exposures.Of("u1", "b", "v9")));
        PassTime();
        Assert.Empty(_signals.ReadKeyValueList());

        _time.Advance(TimeSpan.FromMinutes(2));
        _driver.AdvanceWallClockTime(TimeSpan.FromSeconds(2));

        Assert.Equal(AnalysisSignalType.UndeclaredAllocation, Signal(Assert.Single(_signals.ReadKeyValueList()).Message.Value).SignalType);
    }

    [Fact]
    public void Messages_that_are_no_events_are_passed_over_and_said_once()
    {
        _events.PipeInput("u1"u8.ToArray(), "not JSON"u8.ToArray());
        _events.PipeInput("u1"u8.ToArray(), "{}"u8.ToArray());
        Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        PassTime();

        Assert.Equal((2, 1), (_monitor.Unreadable, _monitor.Experiments[Exposures.Experiment].Subjects));
        Assert.Single(_logs.GetSnapshot(), static record => record.Id.Name == "StreamMessageUnreadable");
    }

    [Fact]
    public void An_exposure_under_another_key_counts_nobody()
    {
        var exposure = Exposures.Envelope(Exposures.Of("u1", "b"));
        _events.PipeInput("u2"u8.ToArray(), Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(exposure)));
        PassTime();

        Assert.Equal(0, _monitor.Experiments[Exposures.Experiment].Subjects);
        Assert.Equal(1, Load(Exposures.Experiment).Tallies.Excluded[PartitionCounter.NotKeyedBySubject]);
    }

    [Fact]
    public void A_message_without_a_timestamp_is_passed_over_and_said_once()
    {
        for (var message = 0; message < 2; message++)
        {
            _events.PipeInput("u1"u8.ToArray(), Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(Exposures.Envelope(Exposures.Of("u1", "b")))), DateTime.UnixEpoch.AddMilliseconds(-1));
        }

        Send(Exposures.Envelope(Exposures.Of("u2", "b")));
        PassTime();

        Assert.Equal((2, 1), (_monitor.Untimed, _monitor.Experiments[Exposures.Experiment].Subjects));
        Assert.Single(_logs.GetSnapshot(), static record => record.Id.Name == "StreamMessageUntimed");
    }

    [Fact]
    public void An_event_that_the_monitor_fails_at_does_not_stop_the_next_one_and_is_said_once()
    {
        Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        var store = (IKeyValueStore<byte[], byte[]>)_driver.GetKeyValueStore<byte[], byte[]>(ExposureCounter.StoreName);
        store.Put(StateKeys.Subject(new RunKey(Exposures.Experiment, null), new SubjectHash(Exposures.Experiment).Of("u1")), [1]);
        Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        Send(Exposures.Envelope(Exposures.Of("u1", "b")));
        Send(Exposures.Envelope(Exposures.Of("u2", "b")));
        PassTime();

        Assert.Equal((2, 2), (_monitor.Faults, _monitor.Experiments[Exposures.Experiment].Subjects));
        Assert.Equal([Exposures.Experiment], _monitor.Failed);
        Assert.Single(_logs.GetSnapshot(), static record => record.Id.Name == "StreamExperimentFailed");
    }

    [Fact]
    public void Events_of_later_versions_are_counted_and_said_once()
    {
        var later = DataPlaneJson.Serialize(Exposures.Envelope(Exposures.Of("u1", "b"))).Replace("\"Exposure\"", "\"Impression\"", StringComparison.Ordinal);
        _events.PipeInput("u1"u8.ToArray(), Encoding.UTF8.GetBytes(later));
        _events.PipeInput("u1"u8.ToArray(), Encoding.UTF8.GetBytes(later));

        Assert.Equal(2, _monitor.Unknown);
        Assert.Single(_logs.GetSnapshot(), static record => record.Id.Name == "StreamEventsUnknown");
    }

    [Fact]
    public void An_exposure_with_an_empty_subject_counts_nobody()
    {
        _events.PipeInput([], Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(Exposures.Envelope(Exposures.Of(string.Empty, "b")))));
        PassTime();

        Assert.Equal(0, _monitor.Experiments[Exposures.Experiment].Subjects);
    }

    [Fact]
    public void A_signal_is_kept_until_a_commit_has_waited_for_it()
    {
        foreach (var envelope in ArrivingStream.Generate(2_000, lossOfB: 0.4))
        {
            Send(envelope);
        }

        PassTime();
        Assert.False(Load(ArrivingStream.Experiment).Outbox.IsEmpty);

        _driver.Commit();
        PassTime();
        Assert.True(Load(ArrivingStream.Experiment).Outbox.IsEmpty);
    }

    [Fact]
    public void Experiments_beyond_the_bound_are_ignored_by_the_coordinator_and_names_without_exposures_keep_none_out()
    {
        _monitor.Options.MaxExperiments = 2;
        for (var name = 0; name < 5; name++)
        {
            Send(Exposures.Envelope(Exposures.Declaration("v1", ("b", 1), ("c", 1)) with { ExperimentName = $"junk{name}" }));
        }

        var store = _driver.GetKeyValueStore<string, byte[]>(ExperimentCoordinator.StoreName);
        Assert.Equal(["junk3", "junk4"], store.All().Select(static entry => entry.Key).Order());
        for (var name = 0; name < 3; name++)
        {
            Send(Exposures.Envelope(Exposures.Of("u1", "b") with { ExperimentName = $"real{name}" }));
        }

        PassTime();
        Assert.Equal(["real0", "real1"], _monitor.Experiments.Keys.Order());
        Assert.Equal(1, _monitor.Ignored);
        Assert.Single(_logs.GetSnapshot(), static record => record.Id.Name == "StreamExperimentsIgnored");
    }

    [Fact]
    public void Events_that_concern_no_experiment_with_exposures_or_weights_keep_nothing()
    {
        Send(Exposures.Envelope(Exposures.Reset()));

        Assert.Empty(_driver.GetKeyValueStore<string, byte[]>(ExperimentCoordinator.StoreName).All());
        Assert.Empty(_monitor.Experiments);
    }

    private static AnalysisSignalEvent Signal(byte[] value) => Assert.IsType<AnalysisSignalEvent>(DataPlaneJson.Deserialize(value).Payload);

    private void Send(DataPlaneEnvelope envelope) =>
        _events.PipeInput((envelope.Payload as ExposureEvent)?.SubjectId is { } subject ? Encoding.UTF8.GetBytes(subject) : null!, Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(envelope)));

    private CoordinatedExperiment Load(string name) => new CoordinatorStore((IKeyValueStore<string, byte[]>)_driver.GetKeyValueStore<string, byte[]>(ExperimentCoordinator.StoreName), _monitor).ReadAll().Single(found => found.Name == name).Experiment;

    private void PassTime()
    {
        _time.Advance(TimeSpan.FromSeconds(2));
        _driver.AdvanceWallClockTime(TimeSpan.FromSeconds(2));
    }
}
