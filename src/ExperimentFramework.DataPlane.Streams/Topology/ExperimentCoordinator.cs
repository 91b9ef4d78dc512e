using ExperimentFramework.DataPlane.Kafka;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.State;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The second step of the topology, one for each partition of what was repartitioned by experiment: each experiment has one coordinator, which publishes its signals.</summary>
/// <param name="monitor">What all steps share.</param>
internal sealed class ExperimentCoordinator(StreamsMonitor monitor) : ITransformer<string, byte[], string, byte[]>
{
    /// <summary>Some findings come with time alone.</summary>
    private static readonly TimeSpan EvaluationInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, CoordinatedExperiment> _experiments = new(StringComparer.Ordinal);

    /// <summary>The experiments that only a declaration has named, the oldest first, and maybe some that have been counted since.</summary>
    private readonly Queue<string> _declared = [];

    private ProcessorContext<string, byte[]> _context = null!;
    private CoordinatorStore? _store;
    private int _exposed;

    /// <summary>The engine demands it, and uses the other one.</summary>
    public ExperimentCoordinator()
        : this(null!)
    {
    }

    public void Init(ProcessorContext<string, byte[]> context)
    {
        _context = context;
        _store = null;
        _experiments.Clear();
        _declared.Clear();
        _exposed = 0;
        monitor.TakeRestored(InternalTopics.ExperimentsStore, context.Id.Partition);
        context.Schedule(EvaluationInterval, PunctuationType.PROCESSING_TIME, _ => EvaluateAll());
    }

    public Record<string, byte[]>? Process(Record<string, byte[]> record)
    {
        // The store is restored after Init, and before the first message.
        var store = _store ?? TakeOver();
        PartitionReport? report;
        DataPlaneEnvelope? envelope;
        try
        {
            (report, envelope) = CoordinatorMessage.Read(record.Value);
        }
        catch (InvalidDataException exception)
        {
            monitor.OnUnreadable(record.TopicPartitionOffset, exception);
            return null;
        }

        if (Find(record.Key, store, report is not null, envelope?.Payload) is not { } experiment)
        {
            return null;
        }

        try
        {
            if (report is not null)
            {
                Merge(record.Key, experiment, report, store);
            }
            else if (!experiment.Observe(envelope!, monitor.Now))
            {
                return null;
            }
        }
        catch (Exception exception) when (EngineFaults.IsOfEvent(exception))
        {
            if (envelope is not null)
            {
                monitor.OnFailedEvent(record.Key, exception);
            }
            else
            {
                monitor.OnFault(record.Key, exception);
            }

            return null;
        }

        Contain(record.Key, () =>
        {
            Evaluate(record.Key, experiment);
            store.Put(record.Key, experiment);
        });
        return null;
    }

    public void Close()
    {
        foreach (var name in _experiments.Keys)
        {
            monitor.OnMoved(name);
        }
    }

    /// <summary>Reads all experiments: some findings come with time alone, and gauges and health show what is here.</summary>
    private CoordinatorStore TakeOver()
    {
        _store = new CoordinatorStore((IKeyValueStore<string, byte[]>)_context.GetStateStore(InternalTopics.ExperimentsStore), monitor);
        var (id, partition) = (monitor.Options.ApplicationId, _context.Id.Partition);
        if (_store.TryMark() && monitor.Positions.IsContinued(InternalTopics.Reports(id), partition))
        {
            monitor.OnCoordinatorsLost(partition, InternalTopics.Experiments(id));
        }

        // The store sorts them by name.
        foreach (var (name, experiment) in _store.ReadAll().OrderBy(static found => found.Experiment.Since))
        {
            _experiments.Add(name, experiment);
            if (experiment.IsExposed)
            {
                _exposed++;
            }
            else
            {
                _declared.Enqueue(name);
            }
        }

        return _store;
    }

    /// <summary>Finds an experiment. A new one begins with a report or with a declaration of its weights, which may come before; those that only declarations name are limited apart, so that they keep no other one out.</summary>
    private CoordinatedExperiment? Find(string name, CoordinatorStore store, bool isReport, DataPlaneEvent? payload)
    {
        if (_experiments.TryGetValue(name, out var experiment))
        {
            if (isReport && !experiment.IsExposed && _exposed >= monitor.Options.MaxExperiments)
            {
                monitor.OnIgnored();
                return null;
            }

            return experiment;
        }

        if (NameRules.Validate(name) is not null || !(isReport || payload is AnalysisSignalEvent { SignalType: AnalysisSignalType.AllocationDeclared }))
        {
            return null;
        }

        if (isReport && _exposed >= monitor.Options.MaxExperiments)
        {
            monitor.OnIgnored();
            return null;
        }

        if (!isReport)
        {
            MakeRoom(store);
            _declared.Enqueue(name);
        }

        _experiments.Add(name, experiment = new CoordinatedExperiment(name, monitor.Now));
        return experiment;
    }

    private void MakeRoom(CoordinatorStore store)
    {
        while (_declared.Count >= monitor.Options.MaxExperiments)
        {
            var oldest = _declared.Dequeue();
            if (_experiments.TryGetValue(oldest, out var experiment) && !experiment.IsExposed)
            {
                _experiments.Remove(oldest);
                store.Delete(oldest);
            }
        }
    }

    private void Merge(string name, CoordinatedExperiment experiment, PartitionReport report, CoordinatorStore store)
    {
        var (wasExposed, run) = (experiment.IsExposed, experiment.Run);
        if (experiment.Merge(report, monitor.Now))
        {
            monitor.OnStoreLost(name, report.Partition, run + 1);
        }

        _exposed += wasExposed ? 0 : 1;
        store.Put(name, experiment, report.Partition);
    }

    private void EvaluateAll()
    {
        if (_store is null && monitor.TakeRestored(InternalTopics.ExperimentsStore, _context.Id.Partition))
        {
            TakeOver();
        }

        if (_store is not { } store)
        {
            return;
        }

        foreach (var (name, experiment) in _experiments)
        {
            Contain(name, () =>
            {
                var isConfirmed = experiment.Outbox.Confirm(monitor.Commits(_context.Id.Partition));
                if (Evaluate(name, experiment) || isConfirmed)
                {
                    store.Put(name, experiment);
                }

                if (!experiment.Outbox.IsEmpty)
                {
                    // Without messages the engine would not commit.
                    _context.Commit();
                }
            });
        }
    }

    /// <summary>Evaluates an experiment, and sends its signals: those that are new, and those that the state says may have been lost.</summary>
    /// <returns>Whether there were any.</returns>
    private bool Evaluate(string name, CoordinatedExperiment experiment)
    {
        experiment.Evaluate(monitor.Now);
        using var messages = new EventMessages(EventFormat.Json);
        var hasSent = false;
        foreach (var envelope in experiment.Outbox.Take(monitor.Commits(_context.Id.Partition)))
        {
            var message = messages.Create(envelope);
            _context.SetHeaders(message.Headers);
            _context.Forward(name, message.Value);
            monitor.OnSignal((AnalysisSignalEvent)envelope.Payload);
            hasSent = true;
        }

        if (experiment.IsExposed)
        {
            monitor.OnEvaluated(name, experiment.State, experiment.Subjects);
        }

        return hasSent;
    }

    /// <summary>One experiment that fails does not stop the others; brokers and stores that fail do.</summary>
    private void Contain(string name, Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (EngineFaults.IsOfEvent(exception))
        {
            monitor.OnFault(name, exception);
        }
    }
}
