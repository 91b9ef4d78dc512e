namespace ExperimentFramework.DataPlane.Science;

/// <summary>The builds from which the variants of one experiment were served.</summary>
internal sealed class ServedBuilds
{
    /// <summary>Further builds are not kept: a stream can contain any number.</summary>
    private const int MaxBuilds = 256;

    private readonly Dictionary<Guid, ServedBuild> _builds = [];
    private ServedBuild? _latest;

    /// <summary>The builds, in the order in which they were first seen.</summary>
    public IEnumerable<ServedBuild> All => _builds.Values.OrderBy(static build => build.FirstSeen);

    /// <summary>The exposures of builds that are not kept.</summary>
    public long Others { get; private set; }

    /// <summary>Counts an exposure.</summary>
    public void Add(string variant, Guid build, DateTimeOffset now)
    {
        var served = _latest;
        if (served is null || served.Id != build)
        {
            if (!_builds.TryGetValue(build, out served))
            {
                if (_builds.Count == MaxBuilds)
                {
                    Others++;
                    return;
                }

                _builds.Add(build, served = new ServedBuild(build, variant, now));
            }

            _latest = served;
        }

        served.Exposures++;
        served.LastSeen = now;
        if (served.Variant is not null && !string.Equals(served.Variant, variant, StringComparison.Ordinal))
        {
            served.Variant = null;
        }
    }
}

/// <summary>A build of a variant.</summary>
/// <param name="id">The module version id.</param>
/// <param name="variant">The variant.</param>
/// <param name="firstSeen">When its first exposure arrived.</param>
internal sealed class ServedBuild(Guid id, string variant, DateTimeOffset firstSeen)
{
    public Guid Id => id;

    public DateTimeOffset FirstSeen => firstSeen;

    /// <summary>The key of the variant; null if the module contains several variants.</summary>
    public string? Variant { get; set; } = variant;

    public DateTimeOffset LastSeen { get; set; }

    public long Exposures { get; set; }
}
