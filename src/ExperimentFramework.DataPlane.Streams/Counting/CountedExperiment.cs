using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>What a partition has counted of one experiment.</summary>
internal sealed class CountedExperiment(string name)
{
    private const int MaxBuilds = 256;

    private readonly SubjectHash _hash = new(name);
    private readonly Dictionary<string, CountedRun> _runs = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> _builds = [];

    public string Name => name;

    public VariantList Variants { get; } = new();

    public ExposureTallies Tallies { get; } = new();

    /// <summary>Whether anything was counted since the last report.</summary>
    public bool IsChanged { get; set; }

    /// <summary>The subjects under a pseudonym key.</summary>
    public CountedRun RunOf(string? keyId)
    {
        if (!_runs.TryGetValue(keyId ?? string.Empty, out var run))
        {
            _runs.Add(keyId ?? string.Empty, run = new CountedRun(keyId));
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
    public PartitionReport Report(int partition, Guid store, Guid session, DateTimeOffset now) => new()
    {
        Partition = partition,
        Store = store,
        Session = session,
        Time = now,
        Runs = [.. _runs.Values.Select(static run => run.Report())],
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
