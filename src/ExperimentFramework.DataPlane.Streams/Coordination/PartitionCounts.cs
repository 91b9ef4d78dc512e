using System.Text.Json.Serialization;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>What a coordinator holds of one partition.</summary>
internal sealed record PartitionCounts
{
    /// <summary>The latest report.</summary>
    public required PartitionReport Latest { get; init; }

    /// <summary>What had been counted when the experiment was reset, and does not count since; null if it was not.</summary>
    public PartitionReport? Baseline { get; init; }

    /// <summary>The ids of stores that were lost. A report of one of them comes from an instance that does not know yet that it has lost the partition.</summary>
    public IReadOnlyList<Guid> FormerStores { get; init; } = [];
}

/// <summary>What a coordinator holds of an experiment besides what a monitor does.</summary>
/// <param name="Partitions">What it holds of each partition.</param>
/// <param name="LastReset">The id of the event that reset it last, which may come again after a crash; null if none has.</param>
internal sealed record CoordinatorState(IReadOnlyDictionary<int, PartitionCounts> Partitions, Guid? LastReset);

/// <summary>Writes and reads the state without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CoordinatorState))]
internal sealed partial class CoordinatorStateJson : JsonSerializerContext;
