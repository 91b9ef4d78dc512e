namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>An experiment with its coordinator, which receives everything as the topology would send it.</summary>
internal sealed class CoordinatedStream
{
    private readonly HashSet<int> _partitions = [];
    private int _events;

    public CoordinatedStream() => Observe(Exposures.Declaration("v1", ("control", 1), ("b", 1)));

    /// <summary>The experiment, until it is read again.</summary>
    public CoordinatedExperiment Experiment { get; private set; } = new(Exposures.Experiment);

    /// <summary>The clock of the coordinator.</summary>
    public DateTimeOffset Now { get; set; } = Exposures.Time;

    /// <summary>The signals that were sent.</summary>
    public List<AnalysisSignalEvent> Signals { get; } = [];

    /// <summary>The envelopes of the signals that were sent.</summary>
    public List<DataPlaneEnvelope> Sent { get; } = [];

    public static PartitionCounter Counter() => new(new MemoryStore(), new ExperimentMonitorStreamsOptions());

    /// <summary>Sends an event.</summary>
    public void Observe(DataPlaneEvent payload, int? number = null)
    {
        foreach (var (name, part) in CoordinatorMessage.Of(Exposures.Envelope(payload, number ?? ++_events)))
        {
            Assert.Equal(Exposures.Experiment, name);
            Experiment.Observe(CoordinatorMessage.Read(CoordinatorMessage.ToBytes(part)).Event!, Now);
        }
    }

    /// <summary>Sends a report.</summary>
    public bool Merge(PartitionReport report)
    {
        _partitions.Add(report.Partition);
        var isLost = Experiment.Merge(CoordinatorMessage.Read(CoordinatorMessage.ToBytes(report)).Report!, Now);
        Evaluate();
        return isLost;
    }

    /// <summary>Evaluates the experiment, and sends its signals.</summary>
    public void Evaluate()
    {
        Experiment.Evaluate(Now);
        Sent.AddRange(Experiment.Outbox.Take(0));
        Signals.Clear();
        Signals.AddRange(Sent.Select(static envelope => (AnalysisSignalEvent)envelope.Payload));
    }

    /// <summary>What is kept of the experiment itself, and of its partitions.</summary>
    public (byte[] Own, byte[][] Partitions) Keep() => (Experiment.ToBytes(), [.. _partitions.Select(Experiment.ToBytes)]);

    /// <summary>Reads what was kept, as another instance does.</summary>
    public void Restore((byte[]? Own, byte[][] Partitions) state) =>
        Experiment = CoordinatedExperiment.Read(Exposures.Experiment, state.Own, state.Partitions.Select(CountedPartition.Read), Now);
}
