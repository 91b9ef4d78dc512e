using System.Buffers.Binary;
using ExperimentFramework.DataPlane.Science;
using Streamiz.Kafka.Net.State;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// The declarations of weights that a partition has read. Hosts publish each only when they start, so it is kept with the subjects and sent again, when the partition is taken over and with reports: the coordinator may have lost its own state.
/// </summary>
/// <param name="store">The store of the partition. Each value begins with the number of the declaration, because the store does not keep their order.</param>
/// <param name="maxExperiments">How many experiments are kept that only declarations name.</param>
/// <param name="isCounted">Whether an experiment has been counted, and is kept whatever else is declared.</param>
internal sealed class KeptDeclarations(IKeyValueStore<byte[], byte[]> store, int maxExperiments, Func<string, bool> isCounted)
{
    /// <summary>What is kept of an experiment: a stream can name any number of versions. The oldest goes first.</summary>
    private const int MaxBytes = 1 << 16;

    /// <summary>A coordinator that has lost its state has the weights again before it reports, after a minute, that nothing declares them.</summary>
    private static readonly TimeSpan ResendInterval = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, DeclaredExperiment> _experiments = new(StringComparer.Ordinal);

    /// <summary>The experiments that only declarations have named, the oldest first, and maybe some that have been counted since.</summary>
    private readonly Queue<string> _declared = [];

    private long _latest;

    /// <summary>Returns everything that is kept, of each experiment the oldest first, as it is sent to the coordinators.</summary>
    public IEnumerable<(string Experiment, byte[] Message)> TakeAll(DateTimeOffset now) => _experiments.SelectMany(experiment => Take(experiment.Value, now).Select(message => (experiment.Key, message)));

    /// <summary>Returns what is kept of an experiment, unless it was returned less than 30 seconds ago.</summary>
    public IEnumerable<byte[]> TakeDue(string experiment, DateTimeOffset now) =>
        _experiments.TryGetValue(experiment, out var declared) && (now - declared.SentAt).Duration() >= ResendInterval ? Take(declared, now) : [];

    /// <summary>Takes over the declarations that the store holds.</summary>
    public void Restore(IEnumerable<(string Experiment, byte[] Key, byte[] Value)> declarations)
    {
        foreach (var (experiment, key, value) in declarations.Where(static declaration => declaration.Value.Length > sizeof(long)).OrderBy(static declaration => NumberOf(declaration.Value)).ToArray())
        {
            _latest = NumberOf(value);
            Add(experiment, key, value.Length - sizeof(long));
        }
    }

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
            var value = new byte[sizeof(long) + message.Length];
            BinaryPrimitives.WriteInt64BigEndian(value, ++_latest);
            message.CopyTo(value, sizeof(long));
            store.Put(key, value);
            Add(declaration.ExperimentName, key, message.Length);
        }
    }

    private static long NumberOf(byte[] value) => BinaryPrimitives.ReadInt64BigEndian(value);

    private byte[][] Take(DeclaredExperiment experiment, DateTimeOffset now)
    {
        experiment.SentAt = now;
        return [.. experiment.Kept.Select(kept => store.Get(kept.Key)[sizeof(long)..])];
    }

    private void Add(string experiment, byte[] key, int bytes)
    {
        if (!_experiments.TryGetValue(experiment, out var declared))
        {
            MakeRoom();
            _declared.Enqueue(experiment);
            _experiments.Add(experiment, declared = new DeclaredExperiment());
        }

        declared.Kept.Enqueue((key, bytes));
        while (declared.Kept.Sum(static kept => kept.Bytes) > MaxBytes)
        {
            store.Delete(declared.Kept.Dequeue().Key);
        }
    }

    private void MakeRoom()
    {
        while (_declared.Count >= maxExperiments)
        {
            var oldest = _declared.Dequeue();
            if (!isCounted(oldest) && _experiments.Remove(oldest, out var declared))
            {
                foreach (var (key, _) in declared.Kept)
                {
                    store.Delete(key);
                }
            }
        }
    }

    private sealed class DeclaredExperiment
    {
        /// <summary>The keys of the declarations, the oldest first, and how long each is.</summary>
        public Queue<(byte[] Key, int Bytes)> Kept { get; } = [];

        public DateTimeOffset SentAt { get; set; } = DateTimeOffset.MinValue;
    }
}
