using System.Text.Json;
using ExperimentFramework.DataPlane.Kafka;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.State;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The second step of the topology, one for each partition of what was repartitioned by experiment: each experiment has one coordinator, which publishes its signals.</summary>
/// <param name="monitor">What all steps share.</param>
internal sealed class ExperimentCoordinator(StreamsMonitor monitor) : ITransformer<string, byte[], string, byte[]>
{
    /// <summary>The name of the store of experiments.</summary>
    public const string StoreName = "experiments";

    /// <summary>Some findings come with time alone.</summary>
    private static readonly TimeSpan EvaluationInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, CoordinatedExperiment> _experiments = new(StringComparer.Ordinal);
    private ProcessorContext<string, byte[]> _context = null!;

    /// <summary>The engine demands it, and uses the other one.</summary>
    public ExperimentCoordinator()
        : this(null!)
    {
    }

    public void Init(ProcessorContext<string, byte[]> context)
    {
        _context = context;
        _experiments.Clear();
        context.Schedule(EvaluationInterval, PunctuationType.PROCESSING_TIME, _ => Evaluate());
    }

    public Record<string, byte[]>? Process(Record<string, byte[]> record)
    {
        PartitionReport? report;
        DataPlaneEnvelope? envelope;
        try
        {
            (report, envelope) = CoordinatorMessage.Read(record.Value);
        }
        catch (JsonException exception)
        {
            monitor.OnUnreadable(record.TopicPartitionOffset, exception);
            return null;
        }

        var store = Store;
        if (!_experiments.TryGetValue(record.Key, out var experiment))
        {
            if (_experiments.Count >= monitor.Options.MaxExperiments || NameRules.Validate(record.Key) is not null)
            {
                monitor.OnIgnored();
                return null;
            }

            _experiments.Add(record.Key, experiment = Load(record.Key, store.Get(record.Key)));
        }

        List<AnalysisSignalEvent> signals = [];
        if (report is not null && experiment.Merge(report))
        {
            monitor.OnStoreLost(record.Key, report.Partition, experiment.Run);
        }

        if (envelope is not null)
        {
            experiment.Observe(envelope, monitor.Now, signals);
        }

        experiment.Evaluate(report?.Time ?? monitor.Now, signals);
        Publish(record.Key, experiment, signals);
        store.Put(record.Key, experiment.ToBytes());
        return null;
    }

    public void Close()
    {
        foreach (var name in _experiments.Keys)
        {
            monitor.OnMoved(name);
        }
    }

    private IKeyValueStore<string, byte[]> Store => (IKeyValueStore<string, byte[]>)_context.GetStateStore(StoreName);

    private CoordinatedExperiment Load(string name, byte[]? state)
    {
        try
        {
            return state is null ? new CoordinatedExperiment(name) : CoordinatedExperiment.Read(state);
        }
        catch (InvalidDataException exception)
        {
            // The partitions still have all counts; only the largest evidence until now is lost.
            monitor.OnStateUnreadable(name, exception);
            return new CoordinatedExperiment(name);
        }
    }

    private void Evaluate()
    {
        foreach (var (name, experiment) in _experiments)
        {
            List<AnalysisSignalEvent> signals = [];
            experiment.Evaluate(monitor.Now, signals);
            if (signals.Count > 0)
            {
                Publish(name, experiment, signals);
                Store.Put(name, experiment.ToBytes());
            }
        }
    }

    /// <summary>Signals go out before the state is kept: after a crash in between, a signal is published twice, with the same id.</summary>
    private void Publish(string name, CoordinatedExperiment experiment, List<AnalysisSignalEvent> signals)
    {
        using var messages = new EventMessages(EventFormat.Json);
        foreach (var signal in signals)
        {
            var message = messages.Create(SignalEnvelope.Of(signal));
            _context.SetHeaders(message.Headers);
            _context.Forward(name, message.Value);
            monitor.OnSignal(signal);
        }

        monitor.OnEvaluated(name, experiment.State, experiment.Subjects);
    }
}
