using ExperimentFramework.DataPlane.Science;
using Streamiz.Kafka.Net.State;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// The declarations of weights that a partition has read. Hosts publish each only when they start, so it is kept beside the subjects and sent again whenever the partition is taken over: the coordinator may have lost its own state.
/// </summary>
/// <param name="store">The store of the partition.</param>
/// <param name="maxExperiments">How many experiments are kept that only declarations name.</param>
/// <param name="isCounted">Whether an experiment has been counted, and is kept whatever else is declared.</param>
internal sealed class KeptDeclarations(IKeyValueStore<byte[], byte[]> store, int maxExperiments, Func<string, bool> isCounted)
{
    /// <summary>What is kept of an experiment: a stream can name any number of versions. The oldest goes first.</summary>
    private const int MaxBytes = 1 << 16;

    private readonly Dictionary<string, Queue<(byte[] Key, int Bytes)>> _experiments = new(StringComparer.Ordinal);

    /// <summary>The experiments that only declarations have named, the oldest first, and maybe some that have been counted since.</summary>
    private readonly Queue<string> _declared = [];

    /// <summary>Everything that is kept, as it is sent to the coordinators.</summary>
    public IEnumerable<(string Experiment, byte[] Message)> All => _experiments.SelectMany(experiment => experiment.Value.Select(kept => (experiment.Key, store.Get(kept.Key))));

    /// <summary>Notes a declaration that the store holds.</summary>
    public void Restore(string experiment, byte[] key, byte[] message) => Add(experiment, key, message.Length);

    /// <summary>Keeps a declaration. A version is a hash of its weights: what was declared first stays.</summary>
    /// <param name="declaration">The declaration.</param>
    /// <param name="message">What is sent to the coordinator.</param>
    public void Keep(AnalysisSignalEvent declaration, byte[] message)
    {
        if (declaration.Data?.GetValueOrDefault("allocationVersion") is string version
            && message.Length <= MaxBytes
            && StateKeys.Declaration(declaration.ExperimentName, BoundedName.Of(version)) is var key
            && store.Get(key) is null)
        {
            store.Put(key, message);
            Add(declaration.ExperimentName, key, message.Length);
        }
    }

    private void Add(string experiment, byte[] key, int bytes)
    {
        if (!_experiments.TryGetValue(experiment, out var kept))
        {
            MakeRoom();
            _declared.Enqueue(experiment);
            _experiments.Add(experiment, kept = []);
        }

        kept.Enqueue((key, bytes));
        while (kept.Sum(static one => one.Bytes) > MaxBytes)
        {
            store.Delete(kept.Dequeue().Key);
        }
    }

    private void MakeRoom()
    {
        while (_declared.Count >= maxExperiments)
        {
            var oldest = _declared.Dequeue();
            if (!isCounted(oldest) && _experiments.Remove(oldest, out var kept))
            {
                foreach (var (key, _) in kept)
                {
                    store.Delete(key);
                }
            }
        }
    }
}
