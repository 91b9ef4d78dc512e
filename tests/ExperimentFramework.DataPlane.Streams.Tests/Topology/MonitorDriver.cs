using System.Text;
using Confluent.Kafka;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Science.Tests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Streamiz.Kafka.Net.Kafka;
using Streamiz.Kafka.Net.Mock;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>The topology as the engine runs it, without brokers: one partition, in virtual time.</summary>
internal sealed class MonitorDriver : IDisposable
{
    private readonly FakeTimeProvider _time = new(ArrivingStream.Begin);
    private readonly FakeLogCollector _logs = new();
    private readonly TopologyTestDriver _driver;
    private readonly TestInputTopic<byte[], byte[]> _events;
    private readonly TestOutputTopic<string, byte[]> _signals;
    private readonly TestOutputTopic<string, byte[]> _reports;

    public MonitorDriver(Action<ExperimentMonitorStreamsOptions>? configure = null)
    {
        var options = new ExperimentMonitorStreamsOptions { BootstrapServers = "none:1", Topic = "events", SignalsTopic = "signals" };
        configure?.Invoke(options);
        Monitor = new StreamsMonitor(options, _time, LoggerFactory.Create(builder => builder.AddProvider(new FakeLoggerProvider(_logs))));
        _driver = new TopologyTestDriver(MonitorTopology.Build(Monitor), EngineSettings.Create(Monitor, LoggerFactory.Create(static _ => { })));
        _events = _driver.CreateInputTopic("events", new ByteArraySerDes(), new ByteArraySerDes());
        _signals = _driver.CreateOutputTopic("signals", TimeSpan.FromSeconds(1), new StringSerDes(), new ByteArraySerDes());
        _reports = _driver.CreateOutputTopic(InternalTopics.Reports(options.ApplicationId), TimeSpan.FromSeconds(1), new StringSerDes(), new ByteArraySerDes());
    }

    public StreamsMonitor Monitor { get; }

    /// <summary>The subjects of the partition.</summary>
    public IKeyValueStore<byte[], byte[]> Subjects => (IKeyValueStore<byte[], byte[]>)_driver.GetKeyValueStore<byte[], byte[]>(InternalTopics.SubjectsStore);

    /// <summary>The experiments that the monitor shows in its gauges and its health.</summary>
    public IReadOnlyDictionary<string, (ExperimentState State, long Subjects)> Monitored => Monitor.States.ToDictionary(static experiment => experiment.Name, static experiment => (experiment.State, experiment.Subjects));

    /// <summary>What the coordinator keeps.</summary>
    public CoordinatorStore Coordinators => new(Experiments, Monitor);

    /// <summary>The names of the experiments that the coordinator keeps.</summary>
    public IEnumerable<string> Kept => Experiments.All().Select(static entry => CoordinatorStore.NameOf(entry.Key, out _)).Where(static name => name.Length > 0).Distinct().Order();

    private IKeyValueStore<string, byte[]> Experiments => (IKeyValueStore<string, byte[]>)_driver.GetKeyValueStore<string, byte[]>(InternalTopics.ExperimentsStore);

    public void Dispose() => _driver.Dispose();

    /// <summary>The messages of an event of the log.</summary>
    public IReadOnlyList<string> Logged(string eventName) => [.. _logs.GetSnapshot().Where(record => record.Id.Name == eventName).Select(static record => record.Message)];

    /// <summary>The signals that were sent since this was asked last.</summary>
    public IReadOnlyList<Message<string, byte[]>> TakeSignals() => [.. _signals.ReadKeyValueList().Select(static result => result.Message)];

    /// <summary>What the partition has sent to coordinators since this was asked last.</summary>
    public IReadOnlyList<(PartitionReport? Report, DataPlaneEnvelope? Event)> TakeSentToCoordinators() => [.. _reports.ReadKeyValueList().Select(static result => CoordinatorMessage.Read(result.Message.Value))];

    /// <summary>The signal of a message.</summary>
    public static AnalysisSignalEvent Signal(Message<string, byte[]> message) => Assert.IsType<AnalysisSignalEvent>(DataPlaneJson.Deserialize(message.Value).Payload);

    /// <summary>Sends an event as the Kafka destination does.</summary>
    public void Send(DataPlaneEnvelope envelope) =>
        Send((envelope.Payload as ExposureEvent)?.SubjectId is { } subject ? Encoding.UTF8.GetBytes(subject) : null!, DataPlaneJson.Serialize(envelope));

    /// <summary>Sends events.</summary>
    public void Send(IEnumerable<DataPlaneEnvelope> envelopes)
    {
        foreach (var envelope in envelopes)
        {
            Send(envelope);
        }
    }

    /// <summary>Sends a message.</summary>
    public void Send(byte[] key, string value, DateTime? timestamp = null)
    {
        if (timestamp is { } time)
        {
            _events.PipeInput(key, Encoding.UTF8.GetBytes(value), time);
        }
        else
        {
            _events.PipeInput(key, Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>The experiment, as its coordinator has kept it.</summary>
    public CoordinatedExperiment Load(string name) => Coordinators.ReadAll().Single(found => found.Name == name).Experiment;

    /// <summary>Lets the partition go on with the store that is in its folder, and with messages that were read before.</summary>
    public void GoOn()
    {
        TopicPartition reports = new(InternalTopics.Reports(Monitor.Options.ApplicationId), 0);
        var consumer = Fake.Create<IConsumer<byte[], byte[]>>(_ => new List<TopicPartitionOffset> { new(reports, 10) });
        Monitor.Positions.Before(Fake.Create<IConsumerRebalanceListener>(static _ => null)).PartitionsAssigned(consumer, [reports]);
        Monitor.OnRestored(InternalTopics.SubjectsStore, 0);
    }

    public void Commit() => _driver.Commit();

    /// <summary>Lets time pass: two seconds unless said otherwise.</summary>
    public void PassTime(TimeSpan? time = null)
    {
        _time.Advance(time ?? TimeSpan.FromSeconds(2));
        _driver.AdvanceWallClockTime(TimeSpan.FromSeconds(2));
    }

    /// <summary>Sets the clock of the machine, which may go back.</summary>
    public void SetClock(DateTimeOffset now)
    {
        _time.AdjustTime(now);
        Tick();
    }

    /// <summary>Lets the engine look whether anything is due, while the clock of the monitor stands.</summary>
    public void Tick() => _driver.AdvanceWallClockTime(TimeSpan.FromMilliseconds(200));
}
