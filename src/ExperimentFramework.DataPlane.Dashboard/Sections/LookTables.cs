using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The tables of one experiment: which looks at its results the plan has, which were taken, and what they cost.</summary>
internal static class LookTables
{
    public static Table Planned(ExperimentStatus status) => new(
        "planned-looks",
        "Planned looks",
        [TableColumn.Count("look", "Look"), TableColumn.Percent("informationTime", "At this share of the planned sample"), TableColumn.Count("subjects", "Subjects"), TableColumn.Percent("alphaSpent", "Alpha spent by then"), new("state", "State")],
        [.. (status.Plan?.Looks ?? []).Select(static look => new object?[] { (long)look.Number, look.InformationTime, look.Subjects, look.AlphaSpent, look.IsReached ? "reached" : "to come" })])
    {
        Empty = status.Plan is { } plan
            ? FormattableString.Invariant($"The plan allows looks at any time: however many there are, the error rate stays at {plan.Alpha:0.##%} at most.")
            : "There is no plan. Intervals may be looked at at any time.",
    };

    public static Table Taken(ExperimentDetail detail) => new(
        "looks",
        "Looks at the results, the newest first",
        [
            new("time", "Time"), new("by", "Who"), new("shown", "What was shown"), new("metric", "Metric"), TableColumn.Count("run", "Run"), TableColumn.Count("subjects", "Subjects counted"),
            TableColumn.Percent("sampleShare", "Of the planned sample"), new("plan", "By the plan"), TableColumn.Percent("alphaSpent", "Alpha spent so far"),
        ],
        [.. (detail.Looks?.Latest ?? []).Select(look => new object?[]
        {
            look.Timestamp, look.By, look.Shown, look.Metric ?? "all", (long)look.Run, look.Subjects, detail.Status.Plan?.PlannedSubjects is > 0 and var planned ? look.Subjects / (double)planned : null, Judge(look), look.AlphaSpent,
        })])
    {
        Empty = detail.Looks is null ? "No monitor of this process keeps looks." : "Nobody has looked yet.",
    };

    /// <summary>What is not in the table of looks.</summary>
    public static IEnumerable<SectionPart> Notes(ExperimentDetail detail)
    {
        if (detail.Looks is { } looks && looks.Count > looks.Latest.Count)
        {
            yield return new NotePart(FormattableString.Invariant($"{looks.Count:N0} looks were recorded; these are the latest {looks.Latest.Count:N0}."));
        }

        if (detail.Looks?.Problem is { } problem)
        {
            yield return new WarningPart("Looks are missing.", problem);
        }
    }

    private static string Judge(AnalysisLook look) => look.Reason switch
    {
        null => look.PlanHash is null ? "no plan" : "allowed",
        "early-look" => "before the first planned look",
        _ => "not planned",
    };
}
