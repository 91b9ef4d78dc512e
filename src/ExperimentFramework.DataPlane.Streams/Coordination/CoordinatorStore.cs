using System.Globalization;
using Streamiz.Kafka.Net.State;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Keeps experiments in the state store: each under its name, and what its partitions have counted under the name and the partition, so that no value is as large as all of it.</summary>
/// <param name="store">The state store.</param>
/// <param name="monitor">What all steps share.</param>
internal sealed class CoordinatorStore(IKeyValueStore<string, byte[]> store, StreamsMonitor monitor)
{
    /// <summary>Names of experiments hold no control characters.</summary>
    private const char Separator = '\0';

    /// <summary>The key of the mark.</summary>
    private const string Mark = "\0";

    /// <summary>Marks the store as used. The mark is its oldest entry, and is in the changelog before anything is committed.</summary>
    /// <returns>False if it was marked already.</returns>
    public bool TryMark()
    {
        if (store.Get(Mark) is not null)
        {
            return false;
        }

        store.Put(Mark, [1]);
        return true;
    }

    /// <summary>Reads all experiments.</summary>
    public IEnumerable<(string Name, CoordinatedExperiment Experiment)> ReadAll()
    {
        Dictionary<string, (byte[]? State, List<CountedPartition> Partitions)> found = new(StringComparer.Ordinal);
        foreach (var (key, value) in store.All().Where(static entry => entry.Key != Mark))
        {
            var name = NameOf(key, out var isPartition);
            var parts = found.GetValueOrDefault(name, (null, []));
            if (!isPartition)
            {
                parts.State = value;
            }
            else if (TryRead(name, value) is { } partition)
            {
                parts.Partitions.Add(partition);
            }

            found[name] = parts;
        }

        foreach (var (name, parts) in found)
        {
            var experiment = CoordinatedExperiment.Read(name, parts.State, parts.Partitions, monitor.Now);
            if (experiment.Fault is { } fault)
            {
                monitor.OnStateUnreadable(name, fault);
            }

            yield return (name, experiment);
        }
    }

    /// <summary>Finds the name of the experiment that a key of the store is of.</summary>
    public static string NameOf(string key, out bool isPartition)
    {
        var end = key.IndexOf(Separator, StringComparison.Ordinal);
        isPartition = end >= 0;
        return isPartition ? key[..end] : key;
    }

    /// <summary>Keeps a partition of an experiment. It comes before the experiment's own state: if a crash comes in between, the experiment is recounted from its partitions.</summary>
    public void Put(string name, CoordinatedExperiment experiment, int partition) => Put(name, string.Create(CultureInfo.InvariantCulture, $"{name}{Separator}{partition}"), experiment.ToBytes(partition));

    /// <summary>Keeps the experiment's own state.</summary>
    public void Put(string name, CoordinatedExperiment experiment) => Put(name, name, experiment.ToBytes());

    /// <summary>Forgets an experiment that no partition has counted.</summary>
    public void Delete(string name) => store.Delete(name);

    private CountedPartition? TryRead(string name, byte[] value)
    {
        try
        {
            return CountedPartition.Read(value);
        }
        catch (InvalidDataException exception)
        {
            // Its next report has all of its counts.
            monitor.OnStateUnreadable(name, exception);
            return null;
        }
    }

    private void Put(string name, string key, byte[] value)
    {
        if (value.Length <= MessageSize.Largest(monitor.Options))
        {
            store.Put(key, value);
        }
        else
        {
            // It goes on in memory. Whoever coordinates the experiment next begins with what was kept last.
            monitor.OnTooLarge($"The state of the coordinator of {name}", value.Length);
        }
    }
}
