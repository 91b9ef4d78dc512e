using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// Monitors a stream of events and reports, as events arrive, which experiments can be trusted. It counts each subject once, in bounded memory, tests the observed split against the planned one after any
/// number of looks, and signals changes of state. Thread-safe.
/// </summary>
/// <remarks>
/// The events must come from one stream that holds every exposure of its subjects: several monitors whose subjects overlap must not add their counts (<see cref="ExperimentMonitorOptions.HostCount"/>). Repeated and late events do no harm.
/// Planned splits come from the signals of type <see cref="AnalysisSignalType.AllocationDeclared"/> in the stream, losses from its accounts and error events.
/// </remarks>
public sealed class ExperimentMonitor
{
    private readonly Lock _gate = new();
    private readonly PendingSignals _signals = new();
    private readonly ExperimentFaults _faults = new();
    private readonly WatchedExperiments _experiments;
    private readonly EventObserver _observer;
    private DateTimeOffset? _evaluatedAt;

    /// <summary>Creates a monitor without events.</summary>
    /// <param name="options">The bounds; null for the defaults.</param>
    /// <param name="plans">The analysis plans, at most one for each experiment; null for none. For other experiments, the monitor uses the plans in the stream.</param>
    /// <exception cref="ArgumentException">An option is out of range, a plan is not valid, or an experiment has two.</exception>
    public ExperimentMonitor(ExperimentMonitorOptions? options = null, IEnumerable<AnalysisPlan>? plans = null)
    {
        options ??= new ExperimentMonitorOptions();
        options.Validate();
        _experiments = new WatchedExperiments(options, new ConfiguredPlans(plans ?? []));
        _observer = new EventObserver(_experiments, _signals, _faults);
    }

    /// <summary>The number of events of experiments that are not monitored because <see cref="ExperimentMonitorOptions.MaxExperiments"/> is reached.</summary>
    public long IgnoredEvents => _experiments.IgnoredEvents;

    /// <summary>The number of events with a category or a plan that this version cannot read.</summary>
    public long UnknownEvents => _observer.UnknownEvents;

    /// <summary>The number of events that could not be counted because of a fault. <see cref="Evaluate"/> throws the fault.</summary>
    public long FailedEvents => _faults.Events;

    /// <summary>The number of signals that were dropped because they were not taken in time.</summary>
    public long DroppedSignals => _signals.Dropped;

    /// <summary>
    /// Processes an event of the stream, in order of arrival. A fault in the event or in the state of its experiment affects neither the stream nor other experiments: the event is counted in <see cref="FailedEvents"/>, and the next
    /// <see cref="Evaluate"/> throws the fault.
    /// </summary>
    /// <param name="envelope">The event.</param>
    /// <param name="now">The time of processing: the current time in a process, the time of the event when files are read.</param>
    /// <exception cref="ArgumentNullException"><paramref name="envelope"/> is null.</exception>
    public void Observe(DataPlaneEnvelope envelope, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        lock (_gate)
        {
            _observer.Observe(envelope, now);
        }
    }

    /// <summary>Processes a batch of events of the stream, in order of arrival. Costs less than processing them one by one.</summary>
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

    /// <summary>Updates the evidence of every experiment. Call it about once a second.</summary>
    /// <param name="now">The time of processing.</param>
    /// <exception cref="AggregateException">
    /// Experiments failed during this evaluation or at an event before it. The exception contains an <see cref="InvalidOperationException"/> for each experiment whose failure has not been reported, with its name in the message. All other experiments were evaluated.
    /// </exception>
    public void Evaluate(DateTimeOffset now)
    {
        if (EvaluateEach(now) is { Count: > 0 } faults)
        {
            throw new AggregateException(faults.Select(static fault => new InvalidOperationException($"The experiment '{fault.Experiment}' could not be monitored, so its counts and verdicts are incomplete. The inner exception is the cause.", fault.Exception)));
        }
    }

    /// <summary>Updates the evidence of every experiment.</summary>
    /// <returns>The faults of experiments whose failure has not been reported.</returns>
    internal IReadOnlyList<ExperimentFault> EvaluateEach(DateTimeOffset now)
    {
        lock (_gate)
        {
            foreach (var watched in _experiments.All)
            {
                try
                {
                    watched.Advance(now);
                    // Windows first: planned looks are made of what has closed, and over files there may be no later evaluation.
                    CloseWindows(watched.Experiment, now);
                    watched.Evaluate(now, _signals.All);
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

    /// <summary>Closes the windows that are over. A fault of outcomes must not keep the split from being tested.</summary>
    private void CloseWindows(MonitoredExperiment experiment, DateTimeOffset now)
    {
        try
        {
            experiment.CloseWindows(now);
        }
        catch (Exception exception)
        {
            _faults.Add(experiment.Name, exception);
        }
    }

    /// <summary>The experiments that have failed.</summary>
    internal IReadOnlyList<string> GetFailedExperiments()
    {
        lock (_gate)
        {
            return [.. _faults.Experiments];
        }
    }

    /// <summary>Takes the signals of what has changed, in order. Nothing is signaled twice; the caller publishes the signals.</summary>
    /// <returns>The signals since the last call, at most 10,000. If there are more, the oldest are dropped and counted in <see cref="DroppedSignals"/>.</returns>
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

    /// <summary>Returns a signal that could not be published, so that it is taken again.</summary>
    internal void Return(AnalysisSignalEvent signal)
    {
        lock (_gate)
        {
            _signals.All.Insert(0, signal);
        }
    }

    /// <summary>Starts a new run, which counts the subjects of an experiment from zero. Call it after the cause of a finding has been fixed, because the smallest p-value never rises by itself. Each new run has a smaller weight than the one before.</summary>
    /// <param name="experimentName">The experiment.</param>
    /// <param name="now">The time of processing.</param>
    /// <exception cref="ArgumentException">The experiment is not monitored.</exception>
    public void Reset(string experimentName, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(experimentName);
        lock (_gate)
        {
            var watched = _experiments.Find(experimentName)
                ?? throw new ArgumentException($"The experiment '{experimentName}' cannot be reset, because no event of it was seen. Check the name, which is case-sensitive.", nameof(experimentName));
            watched.Reset(now, _signals.All);
        }
    }

    /// <summary>Takes a consistent snapshot of the status of all experiments.</summary>
    /// <returns>The experiments, by name.</returns>
    public IReadOnlyList<ExperimentStatus> GetExperiments()
    {
        lock (_gate)
        {
            return [.. _experiments.ByName.Select(static watched => StatusReader.Read(watched.Experiment, watched.Signals, watched.History))];
        }
    }

    /// <summary>Reads all experiments, by name, and what the monitor could not process, at one moment.</summary>
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

    /// <summary>Reads one experiment, and whether the monitor failed to process it; the default if it is not monitored.</summary>
    internal (T? Experiment, bool HasFailed, DateTimeOffset? EvaluatedAt) ReadWithFaults<T>(string name, Func<WatchedExperiment, T> read)
        where T : class
    {
        lock (_gate)
        {
            return _experiments.Find(name) is { } watched ? (read(watched), _faults.Has(watched.Experiment.Name), _evaluatedAt) : default;
        }
    }

    /// <summary>Whether an event of an experiment was seen.</summary>
    internal bool IsMonitored(string name)
    {
        lock (_gate)
        {
            return _experiments.Find(name) is not null;
        }
    }

    /// <summary>Reads out the metrics of an experiment.</summary>
    /// <param name="experimentName">The experiment.</param>
    /// <param name="evenIfUntrustworthy">Whether to return intervals and p-values even if the split of the subjects is broken, or lost exposures explain an alarming deviation, so that comparisons are biased.</param>
    /// <returns>The metrics, the primary one first; empty if no event of the experiment was seen.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="experimentName"/> is null.</exception>
    public IReadOnlyList<MetricReadOut> GetReadOuts(string experimentName, bool evenIfUntrustworthy = false)
    {
        ArgumentNullException.ThrowIfNull(experimentName);
        lock (_gate)
        {
            return _experiments.Find(experimentName) is { } watched
                ? ReadOutReader.Read(watched.Experiment, watched.Signals.Doubt, evenIfUntrustworthy)
                : [];
        }
    }

    /// <summary>Calls a function with the state of an experiment. The function may add signals.</summary>
    /// <exception cref="ArgumentException">The experiment is not monitored.</exception>
    internal T Use<T>(string experimentName, Func<MonitoredExperiment, List<AnalysisSignalEvent>, T> use)
    {
        lock (_gate)
        {
            var watched = _experiments.Find(experimentName)
                ?? throw new ArgumentException($"The experiment '{experimentName}' has no results to look at, because no event of it was seen. Check the name, which is case-sensitive.", nameof(experimentName));
            var before = _signals.All.Count;
            var result = use(watched.Experiment, _signals.All);
            watched.History.AddSignals(_signals.All, before);
            return result;
        }
    }

    /// <summary>Returns the state of each experiment, without the details of <see cref="GetExperiments"/>.</summary>
    internal IReadOnlyList<(string Name, ExperimentState State, long Subjects)> GetStates()
    {
        lock (_gate)
        {
            return [.. _experiments.All.Select(static watched => (watched.Experiment.Name, watched.Signals.State, watched.Experiment.CurrentRun?.Counts.Total() ?? 0))];
        }
    }

    /// <summary>Reads the state of each experiment. Each is consistent in itself, but events may be processed between two experiments.</summary>
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

    /// <summary>Restores the state from a snapshot.</summary>
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

    /// <summary>Starts the next run of each experiment, because the counts of the last one are lost.</summary>
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
