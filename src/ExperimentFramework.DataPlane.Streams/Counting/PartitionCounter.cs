using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;
using Streamiz.Kafka.Net.State;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// Counts the subjects of one partition, each once. Of what the store holds, only the subjects count: what is reported is computed from it when the partition is taken over, so a crash between two writes cannot make them differ.
/// </summary>
internal sealed class PartitionCounter
{
    /// <summary>The reason for excluding exposures whose message is not keyed by their subject: other partitions may hold the subject too.</summary>
    public const string NotKeyedBySubject = "not-keyed-by-subject";

    /// <summary>The reason for excluding exposures of pseudonym keys that two newer ones have replaced, or that are more than 256.</summary>
    public const string FormerPseudonymKey = "former-pseudonym-key";

    private readonly IKeyValueStore<byte[], byte[]> _store;
    private readonly ExperimentMonitorStreamsOptions _options;
    private readonly Dictionary<string, CountedExperiment> _experiments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Exception> _damaged = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _segmentAttributes;
    private readonly Guid _session = Guid.NewGuid();
    private readonly Guid _storeId;

    /// <summary>Takes a partition over: counts the subjects that its store holds.</summary>
    /// <param name="store">The store, which has been restored.</param>
    /// <param name="options">The bounds.</param>
    public PartitionCounter(IKeyValueStore<byte[], byte[]> store, ExperimentMonitorStreamsOptions options)
    {
        _store = store;
        _options = options;
        _segmentAttributes = [.. options.SegmentAttributes];
        Declarations = new KeptDeclarations(store, options.MaxExperiments, _experiments.ContainsKey);
        List<(string Experiment, byte[] Key, byte[] Value)> declared = [];
        foreach (var (key, value) in store.All())
        {
            if (StateKeys.TryGetRun(key, out var run))
            {
                TryRestore(run, value);
            }
            else if (StateKeys.TryGetDeclared(key, out var experiment))
            {
                declared.Add((experiment, key, value));
            }
        }

        // After the subjects, which say whose declarations must be kept.
        Declarations.Restore(declared);
        if (store.Get(StateKeys.StoreId) is { } id)
        {
            _storeId = new Guid(id);
        }
        else
        {
            _storeId = Guid.NewGuid();
            store.Put(StateKeys.StoreId, _storeId.ToByteArray());
        }
    }

    /// <summary>The experiments some of whose subjects could not be read, with the first fault of each.</summary>
    public IReadOnlyDictionary<string, Exception> Damaged => _damaged;

    /// <summary>The declarations of weights that the partition has read.</summary>
    public KeptDeclarations Declarations { get; }

    /// <summary>Counts an exposure.</summary>
    /// <param name="exposure">The exposure.</param>
    /// <param name="keyId">The id of the pseudonym key of its subject; null if there is none.</param>
    /// <param name="isKeyedBySubject">Whether the message has the subject as its key.</param>
    /// <returns>False if the experiment is not monitored.</returns>
    public bool TryCount(ExposureEvent exposure, string? keyId, bool isKeyedBySubject)
    {
        if (!TryGet(exposure.ExperimentName, out var experiment))
        {
            return false;
        }

        experiment.IsChanged = true;
        if (experiment.Tallies.Add(exposure, experiment.Variants) is >= 0 and var variant)
        {
            if (isKeyedBySubject)
            {
                Count(experiment, exposure, keyId, experiment.Variants.Keys[variant]);
            }
            else
            {
                experiment.Tallies.Exclude(NotKeyedBySubject);
            }
        }

        return true;
    }

    /// <summary>Notes that a subject's variant changed for a reason that explains it.</summary>
    public void Observe(AssignmentEvent change, string? keyId)
    {
        if (change.SubjectId is { } subject
            && change.NewVariantKey is { } variant
            && change.ChangeReason is AssignmentChangeReasons.Policy or AssignmentChangeReasons.StoreLost or AssignmentChangeReasons.IdentityChanged or AssignmentChangeReasons.VariantRemoved
            && _experiments.TryGetValue(change.ExperimentName, out var experiment)
            && experiment.RunOf(keyId) is { } run)
        {
            var key = StateKeys.Subject(new RunKey(experiment.Name, keyId), experiment.HashOf(subject));
            if (_store.Get(key) is { } bytes)
            {
                var before = FirstExposure.Read(bytes);
                Keep(experiment, run, key, before, before.Reassign(experiment.ScopeOf(change.SubjectType, change.TenantId), BoundedName.Of(variant)));
            }
        }
    }

    /// <summary>Reports each experiment that has changed since its last report.</summary>
    public IEnumerable<(string Experiment, PartitionReport Report)> TakeReports(int partition)
    {
        foreach (var experiment in _experiments.Values)
        {
            if (experiment.IsChanged)
            {
                experiment.IsChanged = false;
                yield return (experiment.Name, experiment.Report(partition, _storeId, _session));
            }
        }
    }

    private void Count(CountedExperiment experiment, ExposureEvent exposure, string? keyId, string variant)
    {
        if (experiment.Keys.TryAdd(keyId, exposure.Timestamp))
        {
            // Before the subjects, whose order in time it gives.
            _store.Put(StateKeys.Keys(experiment.Name), experiment.Keys.ToBytes());
        }

        if (experiment.RunOf(keyId) is not { } run)
        {
            experiment.Tallies.Exclude(FormerPseudonymKey);
            return;
        }

        var hash = experiment.HashOf(exposure.SubjectId!);
        run.Exposures.Add(hash);
        var version = BoundedName.Of(exposure.AllocationVersion!);
        var scope = experiment.ScopeOf(exposure.SubjectType, exposure.TenantId);
        var runKey = new RunKey(experiment.Name, keyId);
        var key = StateKeys.Subject(runKey, hash);
        if (_store.Get(key) is { } bytes)
        {
            var before = FirstExposure.Read(bytes);
            Keep(experiment, run, key, before, before.Follow(scope, version, variant));
        }
        else if (!run.Accepts(version))
        {
            experiment.Tallies.Exclude(MonitoredExperiment.TooManyVersions);
        }
        else
        {
            var known = run.Segments.Count;
            var segments = run.BitsOf(new SubjectSegments(exposure, _segmentAttributes));
            if (run.Segments.Count > known)
            {
                // Before the subject, whose bits it explains.
                _store.Put(StateKeys.Segments(runKey), JsonSerializer.SerializeToUtf8Bytes(run.Segments, SegmentNamesJson.Default.IReadOnlyListString));
            }

            var subject = new FirstExposure(version, variant, segments, scope, version, variant, Moves.None);
            _store.Put(key, subject.ToBytes());
            run.Add(subject);
            experiment.AddBuild(exposure.VariantBuild);
        }
    }

    private void Keep(CountedExperiment experiment, CountedRun run, byte[] key, FirstExposure before, FirstExposure now)
    {
        if (now != before)
        {
            _store.Put(key, now.ToBytes());
            run.Moved(before.Moves, now.Moves);
            experiment.IsChanged = true;
        }
    }

    private void TryRestore(RunKey key, byte[] value)
    {
        try
        {
            Restore(key, FirstExposure.Read(value));
        }
        catch (Exception exception) when (EngineFaults.IsOfEvent(exception))
        {
            // One subject fewer is counted; with the exception, no partition would be.
            _damaged.TryAdd(key.Experiment, exception);
        }
    }

    private void Restore(RunKey key, in FirstExposure subject)
    {
        if (!_experiments.TryGetValue(key.Experiment, out var experiment))
        {
            _experiments.Add(key.Experiment, experiment = Create(key.Experiment));
        }

        experiment.IsChanged = true;
        if (experiment.RunOf(key.KeyId) is not { } run)
        {
            return;
        }

        if (run.Segments.Count == 0 && _store.Get(StateKeys.Segments(key)) is { } names)
        {
            run.RestoreSegments(JsonSerializer.Deserialize(names, SegmentNamesJson.Default.IReadOnlyListString)!);
        }

        run.Add(subject);
    }

    private CountedExperiment Create(string name) => new(name, _store.Get(StateKeys.Keys(name)) is { } keys ? PseudonymKeys.Read(keys) : new PseudonymKeys([]));

    private bool TryGet(string name, [NotNullWhen(true)] out CountedExperiment? experiment)
    {
        if (_experiments.TryGetValue(name, out experiment))
        {
            return true;
        }

        if (_experiments.Count >= _options.MaxExperiments || NameRules.Validate(name) is not null)
        {
            return false;
        }

        _experiments.Add(name, experiment = Create(name));
        return true;
    }
}
