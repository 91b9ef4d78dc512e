using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// Watches a stream of events and says, while it happens, which experiments can be trusted: counts each subject once, in bounded memory, tests the observed split against the planned one after any
/// number of looks, and signals changes of state. Thread-safe.
/// </summary>
/// <remarks>
/// The events must come from one stream that holds every exposure of its subjects: several monitors whose subjects overlap must not add their counts (<see cref="ExperimentMonitorOptions.HostCount"/>). A repeated or late event does no harm.
/// Plans come from the signals of type <see cref="AnalysisSignalType.AllocationDeclared"/> in the stream, losses from its accounts and error events.
/// </remarks>
public sealed class ExperimentMonitor
{
    private readonly Lock _gate = new();
    private readonly PendingSignals _signals = new();
    private readonly ExperimentFaults _faults = new();
    private readonly WatchedExperiments _experiments;
    private readonly EventObserver _observer;
    private DateTimeOffset? _evaluatedAt;

    /// <summary>Creates a monitor that has seen nothing.</summary>
    /// <param name="options">The bounds; null for the defaults.</param>
    /// <param name="plans">How experiments are to be analysed, at most one plan for each; null for none. Of other experiments the plans in the stream are followed.</param>
    /// <exception cref="ArgumentException">An option is out of range, a plan is not valid, or an experiment has two.</exception>
    public ExperimentMonitor(ExperimentMonitorOptions? options = null, IEnumerable<AnalysisPlan>? plans = null)
    {
        options ??= new ExperimentMonitorOptions();
        options.Validate();
        _experiments = new WatchedExperiments(options, new GivenPlans(plans ?? []));
        _observer = new EventObserver(_experiments, _signals, _faults);
    }

    /// <summary>The events of experiments that are not monitored, because there are <see cref="ExperimentMonitorOptions.MaxExperiments"/> others.</summary>
    public long IgnoredEvents => _experiments.IgnoredEvents;

    /// <summary>The events whose category, or whose plan, this version cannot read.</summary>
    public long UnknownEvents => _observer.UnknownEvents;

    /// <summary>The events that could not be counted because of a fault, which <see cref="Evaluate"/> throws.</summary>
    public long FailedEvents => _faults.Events;

    /// <summary>The signals that were not taken in time.</summary>
    public long DroppedSignals => _signals.Dropped;

    /// <summary>
    /// Takes an event of the stream, in order of arrival. A fault in it, or in the state of its experiment, stops neither the stream nor other experiments: the event is counted in <see cref="FailedEvents"/>, and the next
    /// <see cref="Evaluate"/> throws the fault.
    /// </summary>
    /// <param name="envelope">The event.</param>
    /// <param name="now">The time of processing: the clock's in a process, the event's own when files are read.</param>
    /// <exception cref="ArgumentNullException"><paramref name="envelope"/> is null.</exception>
    public void Observe(DataPlaneEnvelope envelope, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        lock (_gate)
        {
            _observer.Observe(envelope, now);
        }
    }

    /// <summary>Takes a batch of events of the stream, in order of arrival, at less cost than one after the other.</summary>
    internal void Observe(IReadOnlyList<DataPlaneEnvelope> envelopes, DateTimeOffset now)
    {
        lock (_gate)
        {
            for (var index = 0; index < envelopes.Count; index++)
            {
                _observer.Observe(envelopes[index], now);
            }
        }
    }

    /// <summary>Computes the evidence of every experiment anew, which is to be done about once a second.</summary>
    /// <param name="now">The time of processing.</param>
    /// <exception cref="AggregateException">
    /// Experiments failed, now or at an event before. It holds an <see cref="InvalidOperationException"/> for each that had not failed before, with its name in the message; all others were evaluated.
    /// </exception>
    public void Evaluate(DateTimeOffset now)
    {
        if (EvaluateEach(now) is { Count: > 0 } faults)
        {
            throw new AggregateException(faults.Select(static fault => new InvalidOperationException($"The experiment '{fault.Experiment}' cannot be monitored.", fault.Exception)));
        }
    }

    /// <summary>Computes the evidence of every experiment anew.</summary>
    /// <returns>The faults of experiments that had not failed before, now or at an event.</returns>
    internal IReadOnlyList<ExperimentFault> EvaluateEach(DateTimeOffset now)
    {
        lock (_gate)
        {
            foreach (var watched in _experiments.All)
            {
                try
                {
                    watched.Advance(now);
                    watched.Evaluate(now, _signals.All);
                    watched.Experiment.CloseWindows(now);
                    ReadOutReader.Look(watched.Experiment);
                }
                catch (Exception exception)
                {
                    _faults.Add(watched.Experiment.Name, exception);
                }
            }

            _evaluatedAt = now;
            return _faults.Take();
        }
    }

    /// <summary>The experiments that failed, now or before.</summary>
    internal IReadOnlyList<string> GetFailedExperiments()
    {
        lock (_gate)
        {
            return [.. _faults.Experiments];
        }
    }

    /// <summary>Takes the signals of what has changed, in order; nothing is signaled twice. They are to be published by whoever takes them.</summary>
    /// <returns>The signals since the last call, at most 10,000: what is not taken in time is dropped and counted in <see cref="DroppedSignals"/>.</returns>
    public IReadOnlyList<AnalysisSignalEvent> TakeSignals()
    {
        lock (_gate)
        {
            return _signals.Take();
        }
    }

    /// <summary>Takes the first signal of what has changed.</summary>
    internal bool TryTakeSignal([NotNullWhen(true)] out AnalysisSignalEvent? signal)
    {
        lock (_gate)
        {
            return _signals.TryTake(out signal);
        }
    }

    /// <summary>Gives back a signal that could not be published.</summary>
    internal void Return(AnalysisSignalEvent signal)
    {
        lock (_gate)
        {
            _signals.All.Insert(0, signal);
        }
    }

    /// <summary>Counts the subjects of an experiment anew, after a fault was mended: a smallest p-value never recovers by itself. The new run weighs less than those before it.</summary>
    /// <param name="experimentName">The experiment.</param>
    /// <param name="now">The time of processing.</param>
    /// <exception cref="ArgumentException">The experiment is not monitored.</exception>
    public void Reset(string experimentName, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(experimentName);
        lock (_gate)
        {
            var watched = _experiments.Find(experimentName)
                ?? throw new ArgumentException($"No events of the experiment '{experimentName}' were seen, so there is nothing to reset.", nameof(experimentName));
            watched.Reset(now, _signals.All);
        }
    }

    /// <summary>Takes a consistent picture of all experiments.</summary>
    /// <returns>The experiments, by name.</returns>
    public IReadOnlyList<ExperimentStatus> GetExperiments()
    {
        lock (_gate)
        {
            return [.. _experiments.ByName.Select(static watched => StatusReader.Read(watched.Experiment, watched.Signals, watched.History))];
        }
    }

    /// <summary>Reads all experiments, by name, and whether the monitor could do its work, at one moment.</summary>
    internal (T[] Experiments, MonitorWork Work) ReadAll<T>(Func<WatchedExperiment, bool, T> read)
    {
        lock (_gate)
        {
            return ([.. _experiments.ByName.Select(watched => read(watched, _faults.Has(watched.Experiment.Name)))], new MonitorWork(_evaluatedAt, IgnoredEvents, UnknownEvents, FailedEvents, DroppedSignals));
        }
    }

    /// <summary>Reads one experiment; the default if it is not monitored.</summary>
    internal T? Read<T>(string name, Func<WatchedExperiment, T> read)
    {
        lock (_gate)
        {
            return _experiments.Find(name) is { } watched ? read(watched) : default;
        }
    }

    /// <summary>Reads one experiment, and whether the monitor failed at it; the default if it is not monitored.</summary>
    internal (T? Experiment, bool HasFailed, DateTimeOffset? EvaluatedAt) ReadWithFaults<T>(string name, Func<WatchedExperiment, T> read)
        where T : class
    {
        lock (_gate)
        {
            return _experiments.Find(name) is { } watched ? (read(watched), _faults.Has(watched.Experiment.Name), _evaluatedAt) : default;
        }
    }

    /// <summary>Whether events of an experiment were seen.</summary>
    internal bool IsMonitored(string name)
    {
        lock (_gate)
        {
            return _experiments.Find(name) is not null;
        }
    }

    /// <summary>Reads out the metrics of an experiment.</summary>
    /// <param name="experimentName">The experiment.</param>
    /// <param name="evenIfUntrustworthy">Whether intervals and p-values are given although the split of the subjects is broken, and every comparison biased.</param>
    /// <returns>The metrics, that which decides first; none if no events of the experiment were seen.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="experimentName"/> is null.</exception>
    public IReadOnlyList<MetricReadOut> GetReadOuts(string experimentName, bool evenIfUntrustworthy = false)
    {
        ArgumentNullException.ThrowIfNull(experimentName);
        lock (_gate)
        {
            return _experiments.Find(experimentName) is { } watched
                ? ReadOutReader.Read(watched.Experiment, !watched.Signals.IsSplitBroken, evenIfUntrustworthy)
                : [];
        }
    }

    /// <summary>Does something with the state of an experiment, which may add signals.</summary>
    /// <exception cref="ArgumentException">The experiment is not monitored.</exception>
    internal T Use<T>(string experimentName, Func<MonitoredExperiment, List<AnalysisSignalEvent>, T> use)
    {
        lock (_gate)
        {
            var watched = _experiments.Find(experimentName)
                ?? throw new ArgumentException($"No events of the experiment '{experimentName}' were seen, so it has no results to look at.", nameof(experimentName));
            var before = _signals.All.Count;
            var result = use(watched.Experiment, _signals.All);
            watched.History.AddSignals(_signals.All, before);
            return result;
        }
    }

    /// <summary>Takes the state of each experiment, without the details of <see cref="GetExperiments"/>.</summary>
    internal IReadOnlyList<(string Name, ExperimentState State, long Subjects)> GetStates()
    {
        lock (_gate)
        {
            return [.. _experiments.All.Select(static watched => (watched.Experiment.Name, watched.Signals.State, watched.Experiment.CurrentRun?.Counts.Total() ?? 0))];
        }
    }

    /// <summary>Reads the state of each experiment. Each is consistent in itself; events are taken between two of them.</summary>
    internal IEnumerable<T> Read<T>(Func<MonitoredExperiment, ReportedFindings, T> read)
    {
        WatchedExperiment[] all;
        lock (_gate)
        {
            all = [.. _experiments.All];
        }

        foreach (var watched in all)
        {
            T result;
            lock (_gate)
            {
                result = read(
                    watched.Experiment, watched.Signals.Reported with { Untaken = [.. _signals.All.Where(signal => signal.ExperimentName == watched.Experiment.Name)] });
            }

            yield return result;
        }
    }

    /// <summary>The last run of each experiment that has subjects.</summary>
    internal IReadOnlyList<RunNumber> GetRunNumbers()
    {
        lock (_gate)
        {
            return [.. _experiments.All
                .Where(static watched => watched.Experiment.LastRun > 0)
                .Select(static watched => new RunNumber(watched.Experiment.Name, watched.Experiment.LastRun, watched.Experiment.LogPValue))];
        }
    }

    /// <summary>Takes the state of a snapshot.</summary>
    internal void Restore(IEnumerable<(MonitoredExperiment Experiment, ReportedFindings Reported)> experiments)
    {
        lock (_gate)
        {
            foreach (var (experiment, reported) in experiments)
            {
                if (_experiments.TryRestore(experiment, reported))
                {
                    _signals.All.AddRange(reported.Untaken);
                }
            }
        }
    }

    /// <summary>Starts with the next run of each experiment, because what was counted in the last one is lost.</summary>
    internal void StartOver(IEnumerable<RunNumber> runs)
    {
        lock (_gate)
        {
            foreach (var run in runs)
            {
                if (_experiments.TryGet(run.Experiment, out var watched))
                {
                    watched.Experiment.StartOver(run.Run, run.LogPValue);
                }
            }
        }
    }
}
