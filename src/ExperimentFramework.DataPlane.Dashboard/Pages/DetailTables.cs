using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The tables of one experiment: what was counted.</summary>
internal static class DetailTables
{
    /// <summary>All tables of an experiment that can be exported.</summary>
    public static IReadOnlyList<Table> All(IExperimentLinks links, ExperimentDetail detail) =>
    [
        Variants(detail.Status),
        Allocations(detail.Status),
        Segments(detail.Status),
        Quality(detail.Status),
        Excluded(detail.Status),
        Reasons(detail.Status),
        Producers(detail.Status),
        Builds(detail.Status),
        ResultTables.ReadOuts(detail.Status, withResults: true),
        ResultTables.Plan(detail.Status),
        ResultTables.Signals(detail),
        ResultTables.Events(links, detail),
        SeriesTable.Of(detail, SeriesTable.Minutes),
        SeriesTable.Of(detail, SeriesTable.Hours),
    ];

    public static Table Variants(ExperimentStatus status) => new(
        "variants",
        "Subjects by variant",
        [
            new("variant", "Variant"),
            TableColumn.Count("subjects", "Subjects"),
            new("expected", "Expected subjects", "N1"),
            TableColumn.Percent("deviation", "Deviation"),
            TableColumn.Count("exposures", "Exposures"),
            TableColumn.Count("fallbacks", "Answered by another variant"),
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
        }))]);

    public static Table Segments(ExperimentStatus status) => new(
        "segments",
        "Segments that are off",
        [new("segment", "Segment"), TableColumn.Count("subjects", "Subjects"), new("worstVariant", "Variant that deviates most"), TableColumn.Percent("deviation", "Deviation")],
        [.. status.SegmentsOff.Select(static segment => new object?[] { segment.Name, segment.Subjects, segment.WorstVariant, segment.RelativeDeviation })])
    {
        Empty = "No segment is off as far as chance allows.",
    };

    public static Table Quality(ExperimentStatus status) => new(
        "quality",
        "What to know about the counts",
        [new("what", "What"), TableColumn.Count("count", "Count"), TableColumn.Percent("share", "Share"), new("of", "Of")],
        [
            Row("Exposures marked as repeats", status.Repeats, status.Exposures, "exposures"),
            Row("Exposures without a subject", status.Excluded.GetValueOrDefault(SelectionReasons.NoSubject), status.Exposures, "exposures"),
            Row("Exposures lost on the way", status.Variants.Sum(static variant => variant.LostExposures), status.Exposures + status.Variants.Sum(static variant => variant.LostExposures), "exposures made"),
            Row("Answered by another variant", status.Variants.Sum(static variant => variant.Fallbacks), status.Exposures, "exposures"),
            Row("Crossovers without an explanation", status.Crossovers, status.SubjectsHeld, "subjects remembered"),
            Row("Moves for a known reason", status.ExplainedMoves, status.SubjectsHeld, "subjects remembered"),
            Row("Subjects remembered", status.SubjectsHeld, status.Subjects, "subjects counted"),
            new object?[] { "New subjects that are counted", null, status.CountedShare, "new subjects" },
        ]);

    public static Table Excluded(ExperimentStatus status) => ByReason("excluded", "Exposures that count no subject, by reason", status.Excluded, "Every exposure could count a subject.");

    public static Table Reasons(ExperimentStatus status) => ByReason("reasons", "Exposures by reason of assignment", status.SelectionReasons, "No exposure has arrived.");

    public static Table Producers(ExperimentStatus status) => new(
        "producers",
        "Completeness by the accounts",
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
        Empty = "No exposure and no account has arrived since this process started to watch.",
    };

    public static Table Builds(ExperimentStatus status) => new(
        "builds",
        "Builds served",
        [new("build", "Build"), new("variant", "Variant"), TableColumn.Count("exposures", "Exposures"), new("firstSeen", "First seen"), new("lastSeen", "Last seen")],
        [.. status.Builds.Select(static build => new object?[] { build.Id.ToString("D"), build.Variant ?? "several", build.Exposures, build.FirstSeen, build.LastSeen })])
    {
        Empty = "No exposure has named its build.",
    };

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
