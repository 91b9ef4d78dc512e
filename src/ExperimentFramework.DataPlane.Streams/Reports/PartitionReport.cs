namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// What one partition has counted of an experiment: totals, each of which only grows, so that a report that is lost, late or sent twice does no harm. One that is too large for a message is sent in parts, which have different counts.
/// </summary>
internal sealed record PartitionReport
{
    /// <summary>The partition.</summary>
    public required int Partition { get; init; }

    /// <summary>The id of its store. Another one means that the store was lost, and its subjects are counted from zero.</summary>
    public required Guid Store { get; init; }

    /// <summary>The id of what has counted exposures since it took the partition over: tallies start from zero with it.</summary>
    public required Guid Session { get; init; }

    /// <summary>The number of the report in its session, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>Whether all counts of the report have been sent: those of its earlier parts, and these.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>The subjects, by pseudonym key, the newest key last.</summary>
    public required IReadOnlyList<RunReport> Runs { get; init; }

    /// <summary>The builds of variants that were seen.</summary>
    public required IReadOnlyList<Guid> Builds { get; init; }

    /// <summary>The exposures.</summary>
    public required TallyReport Tallies { get; init; }
}

/// <summary>The subjects of one run in one partition.</summary>
internal sealed record RunReport
{
    /// <summary>The id of their pseudonym key; null if there is none.</summary>
    public string? KeyId { get; init; }

    /// <summary>When the first exposure of a subject under this key happened.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>How many were counted.</summary>
    public required IReadOnlyList<SubjectCount> Counts { get; init; }

    /// <summary>How many moved within one version of the weights, without an explanation.</summary>
    public long Crossovers { get; init; }

    /// <summary>How many moved for a known reason.</summary>
    public long Explained { get; init; }

    /// <summary>The exposures of the session, and by how many of them the most frequent subject leads.</summary>
    public (long Total, ulong Leader, long Lead) Exposures { get; init; }

    /// <summary>The number of subjects.</summary>
    public long Subjects => Counts.Where(static count => count.Segment is null).Sum(static count => count.Subjects);
}

/// <summary>A number of subjects.</summary>
/// <param name="Segment">The segment; null for all subjects.</param>
/// <param name="Version">The version of the weights.</param>
/// <param name="Variant">The variant.</param>
/// <param name="Subjects">The number.</param>
internal sealed record SubjectCount(string? Segment, string Version, string Variant, long Subjects);

/// <summary>The exposures of an experiment in one partition, since the session began.</summary>
internal sealed record TallyReport
{
    /// <summary>No exposures.</summary>
    public static TallyReport None { get; } = new() { ByVariant = new Dictionary<string, long>(), Fallbacks = new Dictionary<string, long>(), Excluded = new Dictionary<string, long>(), Reasons = new Dictionary<string, long>() };

    public long Exposures { get; init; }

    public long WithSubject { get; init; }

    public long WithVersion { get; init; }

    public long Repeats { get; init; }

    public DateTimeOffset LastExposure { get; init; }

    /// <summary>By assigned variant.</summary>
    public required IReadOnlyDictionary<string, long> ByVariant { get; init; }

    /// <summary>Those that another variant answered, by assigned variant.</summary>
    public required IReadOnlyDictionary<string, long> Fallbacks { get; init; }

    /// <summary>Those that count no subject, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Excluded { get; init; }

    /// <summary>By reason of selection.</summary>
    public required IReadOnlyDictionary<string, long> Reasons { get; init; }

    /// <summary>The larger one of each tally: within a session it is the later one.</summary>
    public TallyReport Join(TallyReport other) => new()
    {
        Exposures = Math.Max(Exposures, other.Exposures),
        WithSubject = Math.Max(WithSubject, other.WithSubject),
        WithVersion = Math.Max(WithVersion, other.WithVersion),
        Repeats = Math.Max(Repeats, other.Repeats),
        LastExposure = LastExposure > other.LastExposure ? LastExposure : other.LastExposure,
        ByVariant = Join(ByVariant, other.ByVariant),
        Fallbacks = Join(Fallbacks, other.Fallbacks),
        Excluded = Join(Excluded, other.Excluded),
        Reasons = Join(Reasons, other.Reasons),
    };

    /// <summary>What there is more of than in an earlier one, whose exposures are a part of these.</summary>
    public TallyReport Subtract(TallyReport earlier) => new()
    {
        Exposures = Exposures - earlier.Exposures,
        WithSubject = WithSubject - earlier.WithSubject,
        WithVersion = WithVersion - earlier.WithVersion,
        Repeats = Repeats - earlier.Repeats,
        LastExposure = LastExposure,
        ByVariant = Subtract(ByVariant, earlier.ByVariant),
        Fallbacks = Subtract(Fallbacks, earlier.Fallbacks),
        Excluded = Subtract(Excluded, earlier.Excluded),
        Reasons = Subtract(Reasons, earlier.Reasons),
    };

    private static Dictionary<string, long> Subtract(IReadOnlyDictionary<string, long> counts, IReadOnlyDictionary<string, long> earlier) =>
        counts.ToDictionary(static count => count.Key, count => count.Value - earlier.GetValueOrDefault(count.Key), StringComparer.Ordinal);

    private static Dictionary<string, long> Join(IReadOnlyDictionary<string, long> counts, IReadOnlyDictionary<string, long> others)
    {
        Dictionary<string, long> joined = new(counts, StringComparer.Ordinal);
        foreach (var (name, count) in others)
        {
            joined[name] = Math.Max(count, joined.GetValueOrDefault(name));
        }

        return joined;
    }
}
