using System.Collections.Frozen;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The tables of one experiment that show what was counted.</summary>
internal static class DetailTables
{
    /// <summary>The maximum number of processes that a monitor distinguishes.</summary>
    public const int MaxProducers = 256;

    /// <summary>The exportable tables of an experiment, by name.</summary>
    private static readonly FrozenDictionary<string, Func<IExperimentLinks, ExperimentDetail, Table>> Exports = new Dictionary<string, Func<IExperimentLinks, ExperimentDetail, Table>>
    {
        ["variants"] = static (_, detail) => Variants(detail.Status),
        ["allocations"] = static (_, detail) => Allocations(detail.Status),
        ["segments"] = static (_, detail) => Segments(detail.Status),
        ["quality"] = static (_, detail) => Quality(detail.Status),
        ["lost"] = static (_, detail) => Lost(detail.Status),
        ["excluded"] = static (_, detail) => Excluded(detail.Status),
        ["reasons"] = static (_, detail) => Reasons(detail.Status),
        ["calls"] = static (_, detail) => Calls(detail.Status),
        ["sampling"] = static (_, detail) => Sampling(detail.Status),
        ["producers"] = static (_, detail) => Producers(detail.Status),
        ["builds"] = static (_, detail) => Builds(detail.Status),
        [DeliveryTables.DestinationsId] = static (_, detail) => DeliveryTables.Destinations(detail.Destinations),
        ["drops"] = static (_, detail) => DeliveryTables.Drops(detail),
        [ResultTables.ReadOutsId] = static (_, detail) => ResultTables.ReadOuts(detail.Status, withResults: !detail.AreResultsWithheld),
        ["left-out"] = static (_, detail) => ResultTables.LeftOut(detail.Status),
        ["plan"] = static (_, detail) => ResultTables.Plan(detail.Status),
        ["planned-looks"] = static (_, detail) => LookTables.Planned(detail.Status),
        ["looks"] = static (_, detail) => LookTables.Taken(detail),
        ["signals"] = static (_, detail) => ResultTables.Signals(detail),
        ["events"] = static (links, detail) => ResultTables.Events(links, detail),
        [SeriesTable.Minutes] = static (_, detail) => SeriesTable.Of(detail, SeriesTable.Minutes),
        [SeriesTable.Hours] = static (_, detail) => SeriesTable.Of(detail, SeriesTable.Hours),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names of the exportable tables.</summary>
    public static IEnumerable<string> Names => Exports.Keys;

    /// <summary>Creates the table with a name; null if there is none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="links">The addresses for its links.</param>
    /// <param name="detail">The experiment.</param>
    /// <param name="withResults">Whether to include results that the plan reserves for its own looks.</param>
    public static Table? Find(string name, IExperimentLinks links, ExperimentDetail detail, bool withResults) =>
        Exports.TryGetValue(name, out var table) ? table(links, withResults ? detail : WithheldResults.LeftOutOf(detail)) : null;

    public static Table Variants(ExperimentStatus status) => new(
        "variants",
        "Subjects by variant",
        [
            new("variant", "Variant"),
            TableColumn.Count("subjects", "Subjects"),
            new("expected", "Expected subjects", "N1"),
            TableColumn.Percent("deviation", "Deviation"),
            TableColumn.Count("exposures", "Exposures"),
            TableColumn.Count("fallbacks", "Served by a fallback variant"),
            TableColumn.Count("lostExposures", "Exposures lost"),
        ],
        [.. status.Variants.Select(static variant => new object?[]
        {
            variant.Key,
            variant.Subjects,
            variant.Expected > 0 ? variant.Expected : null,
            variant.Expected > 0 ? (variant.Subjects / variant.Expected) - 1 : null,
            variant.Exposures,
            variant.Fallbacks,
            variant.LostExposures,
        })]);

    public static Table Allocations(ExperimentStatus status) => new(
        "allocations",
        "Subjects by version of the weights",
        [new("version", "Version"), new("weights", "Weights"), new("variant", "Variant"), TableColumn.Percent("plannedShare", "Planned share"), TableColumn.Percent("share", "Observed share"), TableColumn.Count("subjects", "Subjects")],
        [.. status.Allocations.SelectMany(allocation => allocation.Variants.Select(variant =>
        {
            var total = allocation.Variants.Sum(static other => other.Subjects);
            return new object?[]
            {
                allocation.Version,
                !allocation.IsDeclared ? "never declared" : allocation.Version == status.CurrentAllocation ? "in force" : "declared",
                variant.Key,
                variant.Share,
                total == 0 ? null : variant.Subjects / (double)total,
                variant.Subjects,
            };
        }))])
    {
        Empty = "No subject has been counted.",
    };

    public static Table Segments(ExperimentStatus status) => new(
        "segments",
        "Segments whose split deviates",
        [new("segment", "Segment"), TableColumn.Count("subjects", "Subjects"), new("worstVariant", "Variant that deviates most"), TableColumn.Percent("deviation", "Deviation")],
        [.. status.SegmentsOff.Select(static segment => new object?[] { segment.Name, segment.Subjects, segment.WorstVariant, segment.RelativeDeviation })])
    {
        Empty = "No segment deviates more than chance can explain.",
    };

    public static Table Quality(ExperimentStatus status) => new(
        "quality",
        "Data quality",
        [new("what", "What"), TableColumn.Count("count", "Count"), TableColumn.Percent("share", "Share"), new("of", "Of")],
        [
            Row("Exposures marked as repeats", status.Repeats, status.Exposures, "exposures"),
            Row("Exposures without a subject", status.Excluded.GetValueOrDefault(SelectionReasons.NoSubject), status.Exposures, "exposures"),
            Row("Exposures lost in delivery", status.Variants.Sum(static variant => variant.LostExposures), status.Exposures + status.Variants.Sum(static variant => variant.LostExposures), "exposures produced"),
            Row("Served by a fallback variant", status.Variants.Sum(static variant => variant.Fallbacks), status.Exposures, "exposures"),
            Row("Crossovers without an explanation", status.Crossovers, status.SubjectsHeld, "subjects in memory"),
            Row("Moves for a known reason", status.ExplainedMoves, status.SubjectsHeld, "subjects in memory"),
            Row("Ignored outcomes of members beyond the first eight", status.IgnoredOutcomes, 0, "outcomes"),
            Row("Subjects dated too far in the future, not read out", status.UnbelievedSubjects, status.Subjects, "subjects counted"),
            Row("Subjects in memory", status.SubjectsHeld, status.Subjects, "subjects counted"),
            new object?[] { "New subjects that are counted", null, status.CountedShare, "new subjects" },
        ]);

    public static Table Lost(ExperimentStatus status) => new(
        "lost",
        "Exposures lost in delivery, by variant and reason",
        [new("variant", "Variant"), new("reason", "Reason"), TableColumn.Count("exposures", "Exposures"), TableColumn.Percent("share", "Share of the exposures produced")],
        [.. status.LostByReason.Select(lost => new object?[] { lost.Variant, lost.Reason, lost.Exposures, ShareOfMade(status, lost) })])
    {
        Empty = "No producer has reported a loss.",
    };

    public static Table Calls(ExperimentStatus status) => new(
        "calls",
        "Exposing calls according to accounts",
        [
            new("variant", "Variant"), TableColumn.Count("calls", "Calls"), TableColumn.Count("recorded", "Recorded an exposure"), TableColumn.Count("repeats", "Repeats, not recorded"), TableColumn.Count("sampledOut", "Subject not in the sample"),
            TableColumn.Count("noSubject", "No subject"),
        ],
        [.. status.Calls.Select(static calls => new object?[]
        {
            calls.Key, calls.ExposingCalls, calls.ExposingCalls - calls.RepeatsNotRecorded - calls.SampledOut - calls.NoSubject, calls.RepeatsNotRecorded, calls.SampledOut, calls.NoSubject,
        })])
    {
        Empty = "No account has arrived. Each process publishes one every minute.",
    };

    public static Table Sampling(ExperimentStatus status) => new(
        "sampling",
        "Exposures by sampling rate",
        [TableColumn.Percent("rate", "Share of subjects in the sample"), TableColumn.Count("exposures", "Exposures"), TableColumn.Percent("share", "Of all exposures")],
        [
            .. status.SamplingRates.Select(static rate => ((object?)rate.Rate, rate.Exposures))
                .Concat(status.OtherSamplingRateExposures > 0 ? [("other", status.OtherSamplingRateExposures)] : [])
                .Select(rate => new object?[] { rate.Item1, rate.Exposures, status.Exposures == 0 ? null : rate.Exposures / (double)status.Exposures }),
        ])
    {
        Empty = "No exposure has arrived.",
    };

    public static Table Excluded(ExperimentStatus status) => ByReason("excluded", "Exposures that do not count a subject, by reason", status.Excluded, "Every exposure could count a subject.");

    public static Table Reasons(ExperimentStatus status) => ByReason("reasons", "Exposures by reason of assignment", status.SelectionReasons, "No exposure has arrived.");

    public static Table Producers(ExperimentStatus status) => new(
        "producers",
        "Completeness according to accounts",
        [
            new("producer", "Process"), TableColumn.Count("received", "Exposures arrived"), TableColumn.Count("expected", "Expected by the last account"),
            TableColumn.Count("missing", "Missing"), new("asOf", "Counted until"), new("state", "State"),
        ],
        [.. status.Producers.Select(static producer => new object?[]
        {
            producer.Id, producer.Received, producer.Expected, producer.AsOf is null ? null : producer.Missing, producer.AsOf,
            producer.AsOf is null ? "no account yet" : producer.Missing > 0 ? "incomplete" : producer.HasEnded ? "complete, ended" : "complete so far",
        })])
    {
        Empty = "No exposure and no account has arrived since this process started monitoring.",
    };

    public static Table Builds(ExperimentStatus status) => new(
        "builds",
        "Builds served",
        [new("build", "Build"), new("variant", "Variant"), TableColumn.Count("exposures", "Exposures"), new("firstSeen", "First seen"), new("lastSeen", "Last seen")],
        [.. status.Builds.Select(static build => new object?[] { build.Id.ToString("D"), build.Variant ?? "several", build.Exposures, build.FirstSeen, build.LastSeen })])
    {
        Empty = "No exposure contains a build id.",
    };

    private static double? ShareOfMade(ExperimentStatus status, LostByReason lost) =>
        status.Variants.FirstOrDefault(variant => variant.Key == lost.Variant) is { } variant && variant.Exposures + variant.LostExposures is > 0 and var made ? lost.Exposures / (double)made : null;

    private static Table ByReason(string id, string title, IReadOnlyDictionary<string, long> counts, string empty) => new(
        id,
        title,
        [new("reason", "Reason"), TableColumn.Count("exposures", "Exposures")],
        [.. counts.OrderByDescending(static entry => entry.Value).Select(static entry => new object?[] { entry.Key, entry.Value })])
    {
        Empty = empty,
    };

    private static object?[] Row(string what, long count, long whole, string of) => [what, count, whole == 0 ? null : count / (double)whole, of];
}
