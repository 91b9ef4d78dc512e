using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>What a partition has counted of one experiment.</summary>
/// <param name="name">The name of the experiment.</param>
/// <param name="keys">The pseudonym keys of its subjects, the oldest first.</param>
internal sealed class CountedExperiment(string name, PseudonymKeys keys)
{
    private const int MaxBuilds = 256;

    private readonly SubjectHash _hash = new(name);
    private readonly Dictionary<string, CountedRun> _runs = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> _builds = [];
    private long _reports;

    public string Name => name;

    public VariantList Variants { get; } = new();

    public ExposureTallies Tallies { get; } = new();

    /// <summary>Whether anything was counted since the last report.</summary>
    public bool IsChanged { get; set; }

    /// <summary>The pseudonym keys.</summary>
    public PseudonymKeys Keys => keys;

    /// <summary>The subjects under a pseudonym key; null if there are two newer ones.</summary>
    public CountedRun? RunOf(string? keyId)
    {
        if (keys.Find(keyId) is not { } key)
        {
            return null;
        }

        if (!_runs.TryGetValue(key.Name, out var run))
        {
            foreach (var former in _runs.Keys.Where(former => keys.Find(former) is null).ToArray())
            {
                _runs.Remove(former);
            }

            _runs.Add(key.Name, run = new CountedRun(key.Id, key.Since));
        }

        return run;
    }

    /// <summary>The hash of an id, which is what selectors draw by.</summary>
    public ulong HashOf(string subjectId) => _hash.Of(subjectId);

    /// <summary>8 bits of the hash of a subject's type and tenant.</summary>
    public byte ScopeOf(string? subjectType, string? tenantId) => (byte)_hash.ScopeOf(subjectType, tenantId);

    /// <summary>Notes the build of the variant of a subject that was counted.</summary>
    public void AddBuild(Guid? build)
    {
        if (build is { } id && _builds.Count < MaxBuilds)
        {
            _builds.Add(id);
        }
    }

    /// <summary>Everything that was counted.</summary>
    public PartitionReport Report(int partition, Guid store, Guid session) => new()
    {
        Partition = partition,
        Store = store,
        Session = session,
        Number = ++_reports,
        Runs = [.. keys.Newest.Where(key => _runs.ContainsKey(key.Name)).Select(key => _runs[key.Name].Report())],
        Builds = [.. _builds],
        Tallies = new TallyReport
        {
            Exposures = Tallies.Exposures,
            WithSubject = Tallies.WithSubject,
            WithVersion = Tallies.WithVersion,
            Repeats = Tallies.Repeats,
            LastExposure = Tallies.LastExposure,
            ByVariant = Named(Tallies.ByVariant),
            Fallbacks = Named(Tallies.Fallbacks),
            Excluded = Tallies.Excluded,
            Reasons = Tallies.Reasons,
        },
    };

    private Dictionary<string, long> Named(long[] counts) =>
        Variants.Keys.Select((key, index) => (key, count: counts[index])).Where(static row => row.count > 0).ToDictionary(static row => row.key, static row => row.count);
}
