using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The tables of one experiment that show the planned looks at its results, the looks that were taken, and their cost.</summary>
internal static class LookTables
{
    public static Table Planned(ExperimentStatus status) => new(
        "planned-looks",
        "Planned looks",
        [TableColumn.Count("look", "Look"), TableColumn.Percent("informationTime", "Share of the planned sample"), TableColumn.Count("subjects", "Subjects"), TableColumn.Percent("alphaSpent", "Alpha spent by then"), new("state", "State")],
        [.. (status.Plan?.Looks ?? []).Select(look => new object?[] { (long)look.Number, look.InformationTime, look.Subjects, look.AlphaSpent, StateOf(look, status.Plan!.LooksNotBefore) })])
    {
        Empty = status.Plan is { } plan
            ? FormattableString.Invariant($"The plan allows looks at any time. Whatever their number, the error rate is at most {plan.Alpha:0.##%}.")
            : "There is no plan. Results may be viewed at any time.",
    };

    public static Table Taken(ExperimentDetail detail) => new(
        "looks",
        "Looks at the results, newest first",
        [
            new("time", "Time"), new("by", "Who"), new("shown", "What was shown"), new("metric", "Metric"), TableColumn.Count("run", "Run"), TableColumn.Count("subjects", "Subjects counted"),
            TableColumn.Percent("sampleShare", "Share of the planned sample"), new("plan", "Verdict of the plan"), TableColumn.Percent("alphaSpent", "Alpha spent so far"),
        ],
        [.. (detail.Looks?.Latest ?? []).Select(look => new object?[]
        {
            look.Timestamp, look.By, look.Shown, look.Metric ?? "all", (long)look.Run, look.Subjects, ShareOf(look, detail.Status), Judge(look, detail.Status.Plan?.Hash), look.AlphaSpent,
        })])
    {
        Empty = detail.Looks is null ? "This process does not record looks." : "No looks recorded.",
    };

    /// <summary>Describes what is missing from the table of looks.</summary>
    public static IEnumerable<SectionPart> Notes(ExperimentDetail detail)
    {
        if (detail.Looks is { } looks && looks.Count > looks.Latest.Count)
        {
            yield return new NotePart(FormattableString.Invariant($"{looks.Count:N0} looks were recorded; these are the latest {looks.Latest.Count:N0}."));
        }

        if (detail.Looks?.OthersReadAt is { } read)
        {
            yield return new NotePart($"Looks that other processes have recorded since {TableText.Time(read)} are not shown. Alpha is as computed by the process that recorded the look.");
        }

        if (detail.Looks?.Problem is { } problem)
        {
            yield return new WarningPart("Looks are missing.", problem);
        }
    }

    private static string StateOf(PlannedLook look, DateTimeOffset? notBefore) =>
        look.IsReached ? "reached" : notBefore is { } time ? $"to come, not before {TableText.Time(time)}" : "to come";

    /// <summary>The share of the planned sample; null for a look under another plan, whose sample is not known here, and for a look at another run.</summary>
    private static double? ShareOf(AnalysisLook look, ExperimentStatus status) =>
        status.Plan is { PlannedSubjects: > 0 and var planned, Hash: var hash } && look.PlanHash == hash && look.Run == status.Run ? look.Subjects / (double)planned : null;

    private static string Judge(AnalysisLook look, string? hash) => look.Reason switch
    {
        null when look.PlanHash is null => "no plan",
        null => "allowed",
        "early-look" => "before the plan allows it",
        _ => "not planned",
    } + (look.PlanHash is not null && look.PlanHash != hash ? ", under another plan" : string.Empty);
}
