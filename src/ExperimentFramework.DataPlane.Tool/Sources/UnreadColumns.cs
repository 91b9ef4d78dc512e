using System.Collections.Frozen;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Columns of Parquet files that a command does not need: what is not read takes no time.</summary>
internal static class UnreadColumns
{
    private const string ExposureIds = "exposures.event_id";

    /// <summary>What counts and times of a stream do not need.</summary>
    public static readonly FrozenSet<string> OfCounts = FrozenSet.Create(
        StringComparer.Ordinal, "correlation_id", "span_id", "metadata", "rule_path", "variant_build", "attributes", "attribute_types", "idempotency_key", "unit", "error_type", "exposure_event_id",
        "exposures.arm", "exposures.sampling_rate", "exposures.assignment_policy", "outcomes.arm");

    /// <summary>
    /// What the test of a split does not need: it knows the pseudonym key, and builds. Subjects are counted once whatever the ids of their exposures are, and at the time of the envelope.
    /// </summary>
    public static readonly FrozenSet<string> OfSampleRatio = OfCounts.Except(["metadata", "variant_build"])
        .Union([ExposureIds, "exposures.schema_version", "exposures.ts_100ns", "exposures.exact_values", "exposures.is_repeat_exposure"]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The same, if attributes are segments.</summary>
    public static readonly FrozenSet<string> OfSegmentedSampleRatio = OfSampleRatio.Except(["attributes", "attribute_types"]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The columns that a row group does not need. Exposures that count no subject are counted by themselves, so that their ids are needed.</summary>
    public static IReadOnlySet<string>? Of(RowGroupPart group, IReadOnlySet<string>? unread) =>
        group.MayCountNoSubject && unread?.Contains(ExposureIds) == true ? unread.Except([ExposureIds]).ToFrozenSet(StringComparer.Ordinal) : unread;
}
