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
    /// <summary>The evidence is computed at the latest after this many new subjects.</summary>
    private const int EvaluationSubjects = 256;

    private readonly Lock _gate = new();
    private readonly ExperimentMonitorOptions _options;
    private readonly LossReports _losses = new();
    private readonly MetricReaders _readers = new();
    private readonly PendingSignals _signals = new();
    private readonly Dictionary<string, WatchedExperiment> _experiments = new(StringComparer.Ordinal);
    private readonly GivenPlans _plans;
    private WatchedExperiment? _latest;

    /// <summary>Creates a monitor that has seen nothing.</summary>
    /// <param name="options">The bounds; null for the defaults.</param>
    /// <param name="plans">How experiments are to be analysed, at most one plan for each; null for none. Of other experiments the plans in the stream are followed.</param>
    /// <exception cref="ArgumentException">An option is out of range, a plan is not valid, or an experiment has two.</exception>
    public ExperimentMonitor(ExperimentMonitorOptions? options = null, IEnumerable<AnalysisPlan>? plans = null)
    {
        _options = options ?? new ExperimentMonitorOptions();
        _options.Validate();
        _plans = new GivenPlans(plans ?? []);
    }

    /// <summary>The events of experiments that are not monitored, because there are <see cref="ExperimentMonitorOptions.MaxExperiments"/> others.</summary>
    public long IgnoredEvents { get; private set; }

    /// <summary>The events whose category, or whose plan, this version cannot read.</summary>
    public long UnknownEvents { get; private set; }

    /// <summary>The signals that were not taken in time.</summary>
    public long DroppedSignals => _signals.Dropped;

    /// <summary>Takes an event of the stream, in order of arrival.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="now">The time of processing: the clock's in a process, the event's own when files are read.</param>
    /// <exception cref="ArgumentNullException"><paramref name="envelope"/> is null.</exception>
    public void Observe(DataPlaneEnvelope envelope, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        lock (_gate)
        {
            switch (envelope.Payload)
            {
                case ExposureEvent exposure when TryGet(exposure.ExperimentName, out var watched):
                    watched.Advance(now);
                    watched.Experiment.Received.Add(envelope.EventId);
                    watched.Experiment.Observe(exposure, KeyIdOf(envelope), now, envelope.EventId);
                    watched.History.Observe(envelope, exposure, now);
                    if (watched.Experiment.CurrentRun is { NewSubjects: >= EvaluationSubjects })
                    {
                        watched.Evaluate(now, _signals.All);
                        ReadOutReader.Look(watched.Experiment);
                        _signals.DropExcess();
                    }

                    break;
                case OutcomeEvent outcome when TryGet(outcome.ExperimentName, out var watched):
                    watched.Experiment.Observe(outcome, KeyIdOf(envelope), envelope.EventId, now);
                    watched.History.Observe(envelope, outcome.SubjectId, now);
                    break;
                case MetricEvent metric:
                    foreach (var experiment in _readers.Of(metric.MetricName))
                    {
                        experiment.Observe(metric, KeyIdOf(envelope), envelope.EventId, now);
                    }

                    break;
                case AssignmentEvent change when TryGet(change.ExperimentName, out var watched):
                    watched.Experiment.Observe(change, KeyIdOf(envelope));
                    watched.History.Observe(envelope, change.SubjectId, now);
                    break;
                case AnalysisSignalEvent { SignalType: AnalysisSignalType.AllocationDeclared } declaration when TryGet(declaration.ExperimentName, out var watched):
                    AllocationDeclaration.Apply(declaration, watched.Experiment);
                    watched.History.Observe(envelope, subjectId: null, now);
                    break;
                case AnalysisSignalEvent { SignalType: AnalysisSignalType.PlanDeclared } declaration when TryGet(declaration.ExperimentName, out var watched):
                    UnknownEvents += GivenPlans.TryFollow(declaration, watched.Experiment) ? 0 : 1;
                    _readers.Set(watched.Experiment);
                    watched.History.Observe(envelope, subjectId: null, now);
                    break;
                case AccountingEvent account:
                    _losses.Add(account, _experiments.Values.Select(static watched => watched.Experiment), now);
                    break;
                case ErrorEvent { Data: { } loss }:
                    LossReports.Add(loss, ProducerId.Of(envelope.EventId), name => _experiments.GetValueOrDefault(name)?.Experiment);
                    break;
                case UnknownEvent:
                    UnknownEvents++;
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Computes the evidence of every experiment anew, which is to be done about once a second.</summary>
    /// <param name="now">The time of processing.</param>
    public void Evaluate(DateTimeOffset now)
    {
        lock (_gate)
        {
            List<Exception> failures = [];
            foreach (var watched in _experiments.Values)
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
                    // The other experiments must not wait for this one.
                    failures.Add(new InvalidOperationException($"The experiment '{watched.Experiment.Name}' cannot be evaluated.", exception));
                }
            }

            if (failures.Count > 0)
            {
                throw new AggregateException(failures);
            }
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
            if (!_experiments.TryGetValue(experimentName, out var watched))
            {
                throw new ArgumentException($"No events of the experiment '{experimentName}' were seen, so there is nothing to reset.", nameof(experimentName));
            }

            watched.Reset(now, _signals.All);
        }
    }

    /// <summary>Takes a consistent picture of all experiments.</summary>
    /// <returns>The experiments, by name.</returns>
    public IReadOnlyList<ExperimentStatus> GetExperiments()
    {
        lock (_gate)
        {
            return [.. _experiments.Values.OrderBy(static watched => watched.Experiment.Name, StringComparer.Ordinal).Select(static watched => StatusReader.Read(watched.Experiment, watched.Signals, watched.History))];
        }
    }

    /// <summary>Reads all experiments at one moment, by name.</summary>
    internal T[] ReadAll<T>(Func<WatchedExperiment, T> read)
    {
        lock (_gate)
        {
            return [.. _experiments.Values.OrderBy(static watched => watched.Experiment.Name, StringComparer.Ordinal).Select(read)];
        }
    }

    /// <summary>Reads one experiment; the default if it is not monitored.</summary>
    internal T? Read<T>(string name, Func<WatchedExperiment, T> read)
    {
        lock (_gate)
        {
            return _experiments.TryGetValue(name, out var watched) ? read(watched) : default;
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
            return _experiments.TryGetValue(experimentName, out var watched)
                ? ReadOutReader.Read(watched.Experiment, watched.Signals.State != ExperimentState.SampleRatioMismatch, evenIfUntrustworthy)
                : [];
        }
    }

    /// <summary>Does something with the state of an experiment, which may add signals.</summary>
    /// <exception cref="ArgumentException">The experiment is not monitored.</exception>
    internal T Use<T>(string experimentName, Func<MonitoredExperiment, List<AnalysisSignalEvent>, T> use)
    {
        lock (_gate)
        {
            if (!_experiments.TryGetValue(experimentName, out var watched))
            {
                throw new ArgumentException($"No events of the experiment '{experimentName}' were seen, so it has no results to look at.", nameof(experimentName));
            }

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
            return [.. _experiments.Values.Select(static watched => (watched.Experiment.Name, watched.Signals.State, watched.Experiment.CurrentRun?.Counts.Total() ?? 0))];
        }
    }

    /// <summary>Reads the state of each experiment. Each is consistent in itself; events are taken between two of them.</summary>
    internal IEnumerable<T> Read<T>(Func<MonitoredExperiment, ReportedFindings, T> read)
    {
        WatchedExperiment[] all;
        lock (_gate)
        {
            all = [.. _experiments.Values];
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
            return [.. _experiments.Values
                .Where(static watched => watched.Experiment.LastRun > 0)
                .Select(static watched => new RunNumber(watched.Experiment.Name, watched.Experiment.LastRun, watched.Experiment.LogPValue))];
        }
    }

    /// <summary>Takes the state of a snapshot.</summary>
    internal void Restore(IEnumerable<(MonitoredExperiment Experiment, ReportedFindings Reported)> experiments)
    {
        lock (_gate)
        {
            foreach (var (experiment, reported) in experiments.Take(_options.MaxExperiments))
            {
                _signals.All.AddRange(reported.Untaken);
                _plans.Apply(experiment);
                _readers.Set(experiment);
                _experiments[experiment.Name] = new WatchedExperiment(experiment, new ExperimentSignals(experiment, _options.HostCount) { Reported = reported });
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
                if (TryGet(run.Experiment, out var watched))
                {
                    watched.Experiment.StartOver(run.Run, run.LogPValue);
                }
            }
        }
    }

    private static string? KeyIdOf(DataPlaneEnvelope envelope) =>
        envelope.Metadata is { } metadata && metadata.TryGetValue("pseudonymKeyId", out var keyId) ? keyId : null;

    private bool TryGet(string name, [NotNullWhen(true)] out WatchedExperiment? watched)
    {
        if (_latest is { } latest && string.Equals(latest.Experiment.Name, name, StringComparison.Ordinal))
        {
            watched = latest;
            return true;
        }

        if (!_experiments.TryGetValue(name, out watched))
        {
            if (_experiments.Count >= _options.MaxExperiments)
            {
                IgnoredEvents++;
                return false;
            }

            var experiment = new MonitoredExperiment(name, _options.MaxSubjectSlots, _options.SegmentAttributes) { MaxImmatureSubjects = _options.MaxImmatureSubjects };
            _plans.Apply(experiment);
            _readers.Set(experiment);
            watched = new WatchedExperiment(experiment, new ExperimentSignals(experiment, _options.HostCount));
            _experiments.Add(name, watched);
        }

        _latest = watched;
        return true;
    }
}
