namespace ExperimentFramework.DataPlane.Science;

/// <summary>The experiments that the monitor failed to process. Each is reported once, because an experiment that fails at one event usually fails at the next one, too.</summary>
internal sealed class ExperimentFaults
{
    /// <summary>Events of experiments that are not watched can contain any number of names.</summary>
    private const int MaxExperiments = 1_000;

    private readonly HashSet<string> _experiments = new(StringComparer.Ordinal);
    private readonly List<ExperimentFault> _pending = [];

    /// <summary>The number of events that were skipped.</summary>
    public long Events { get; private set; }

    /// <summary>The names of the experiments.</summary>
    public IReadOnlyCollection<string> Experiments => _experiments;

    /// <summary>Whether an experiment is among them.</summary>
    public bool Has(string experiment) => _experiments.Contains(experiment);

    /// <summary>Records that an event could not be counted.</summary>
    /// <param name="experiment">The experiment that could not count it, or the experiment of the event.</param>
    /// <param name="exception">The fault.</param>
    public void AddEvent(string experiment, Exception exception)
    {
        Events++;
        Add(experiment, exception);
    }

    /// <summary>Records that an experiment could not be evaluated.</summary>
    public void Add(string experiment, Exception exception)
    {
        if (_experiments.Count < MaxExperiments && _experiments.Add(experiment))
        {
            _pending.Add(new ExperimentFault(experiment, exception));
        }
    }

    /// <summary>Returns the faults that have not been returned before.</summary>
    public IReadOnlyList<ExperimentFault> Take()
    {
        ExperimentFault[] taken = [.. _pending];
        _pending.Clear();
        return taken;
    }
}

/// <summary>The first fault of an experiment.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Exception">The fault.</param>
internal sealed record ExperimentFault(string Experiment, Exception Exception);
