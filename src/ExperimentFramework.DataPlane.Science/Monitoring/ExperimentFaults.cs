namespace ExperimentFramework.DataPlane.Science;

/// <summary>The experiments that the monitor failed at. Each is reported once: what fails with one event fails with the next one, too.</summary>
internal sealed class ExperimentFaults
{
    /// <summary>Events that are of no watched experiment can name any number of them.</summary>
    private const int MaxExperiments = 1_000;

    private readonly HashSet<string> _experiments = new(StringComparer.Ordinal);
    private readonly List<ExperimentFault> _pending = [];

    /// <summary>The events that were given up.</summary>
    public long Events { get; private set; }

    /// <summary>The names of the experiments.</summary>
    public IReadOnlyCollection<string> Experiments => _experiments;

    /// <summary>Whether an experiment is among them.</summary>
    public bool Has(string experiment) => _experiments.Contains(experiment);

    /// <summary>Notes that an event could not be counted.</summary>
    /// <param name="experiment">The experiment that could not count it, or that the event is of.</param>
    /// <param name="exception">The fault.</param>
    public void AddEvent(string experiment, Exception exception)
    {
        Events++;
        Add(experiment, exception);
    }

    /// <summary>Notes that an experiment could not be evaluated.</summary>
    public void Add(string experiment, Exception exception)
    {
        if (_experiments.Count < MaxExperiments && _experiments.Add(experiment))
        {
            _pending.Add(new ExperimentFault(experiment, exception));
        }
    }

    /// <summary>Takes the faults that have not been taken.</summary>
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
