using System.Text.Json.Serialization;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// What one partition has counted of an experiment, in all: a report replaces the one before it, so that one that is lost, late or sent twice does no harm.
/// </summary>
internal sealed record PartitionReport
{
    /// <summary>The partition.</summary>
    public required int Partition { get; init; }

    /// <summary>The id of its store. Another one means that the store was lost, and its subjects are counted anew.</summary>
    public required Guid Store { get; init; }

    /// <summary>The id of what has counted exposures since it took the partition over: tallies begin anew with it.</summary>
    public required Guid Session { get; init; }

    /// <summary>When the report was made.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The subjects, by pseudonym key.</summary>
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

    /// <summary>How many were counted.</summary>
    public required IReadOnlyList<SubjectCount> Counts { get; init; }

    /// <summary>How many moved within one version of the weights, without an explanation.</summary>
    public long Crossovers { get; init; }

    /// <summary>How many moved for a known reason.</summary>
    public long Explained { get; init; }

    /// <summary>The number of subjects.</summary>
    [JsonIgnore]
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
}

/// <summary>Writes and reads reports without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PartitionReport))]
internal sealed partial class ReportJson : JsonSerializerContext;

/// <summary>Writes and reads the names of segments without reflection.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class SegmentNamesJson : JsonSerializerContext;
