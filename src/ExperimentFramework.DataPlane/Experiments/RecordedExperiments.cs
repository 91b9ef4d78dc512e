using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The experiments whose exposures are recorded although their decisions were made elsewhere, by name: those that are registered, with their own settings
/// and repeat memory, and up to <see cref="MaxUnregistered"/> others.
/// </summary>
/// <param name="catalog">The registered experiments.</param>
/// <param name="createRegistered">Creates the entry of a registered experiment.</param>
/// <param name="createOther">Creates the entry of another name.</param>
/// <param name="time">The clock of fault latches.</param>
internal sealed class RecordedExperiments(
    ExperimentCatalog catalog, Func<string, RecordedExperiment> createRegistered, Func<string, RecordedExperiment> createOther, TimeProvider time)
{
    /// <summary>The maximum number of names that are not registered: each has a repeat memory, and names may come from another system.</summary>
    public const int MaxUnregistered = 1_000;

    private readonly ConcurrentDictionary<string, RecordedExperiment> _registered = new(StringComparer.Ordinal);
    private readonly BoundedDictionary<string, RecordedExperiment> _others = new(MaxUnregistered, StringComparer.Ordinal);

    /// <summary>The faults of the identity provider, which are logged once for all experiments.</summary>
    public ExperimentFaultLatches Faults { get; } = new(time);

    /// <summary>Whether a name was refused because there are too many.</summary>
    public FaultLatch TooManyNames { get; } = new(time);

    /// <summary>Returns the experiment of a name; null if there are too many names.</summary>
    public RecordedExperiment? Find(string name) =>
        _registered.TryGetValue(name, out var known) || _others.TryGetValue(name, out known) ? known : Add(name);

    /// <summary>Removes what this process remembers about the subject in experiments that are not registered; those that are have it in their own state.</summary>
    public void Forget(in Subject subject)
    {
        foreach (var (_, experiment) in _others)
        {
            experiment.Forget(subject);
        }
    }

    private RecordedExperiment? Add(string name)
    {
        if (catalog.Contains(name))
        {
            return _registered.GetOrAdd(name, createRegistered);
        }

        // Without a lock, because foreign code may run while an entry is created; threads that race may add a few more names.
        return _others.IsFull ? null : _others.GetOrAdd(name, createOther);
    }
}
