using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>What is shown of one experiment.</summary>
internal static class DetailSections
{
    /// <summary>The range of the charts: what was asked for; else minutes for a young run.</summary>
    public static string RangeOf(string? asked, ExperimentDetail detail) =>
        asked is SeriesTable.Minutes or SeriesTable.Hours ? asked
        : detail.Hours.Runs.Count > 3 ? SeriesTable.Hours : SeriesTable.Minutes;

    /// <summary>The sections, in the order of reading.</summary>
    public static IReadOnlyList<Section> Of(IExperimentLinks links, ExperimentDetail detail, string range)
    {
        var status = detail.Status;
        var series = SeriesTable.SeriesOf(detail, range);
        List<Section> sections =
        [
            new("summary", "Summary", [new FactsPart(SummaryTable.Of(detail))]),
            new("shares", "Shares over time", [new ChartsPart(DetailCharts.Shares(series), range, "No subject has been counted since this process started to watch.")]),
            new("evidence", "Evidence", [new ChartsPart(DetailCharts.Evidence(series), range, "Nothing has been evaluated since this process started to watch.")]),
            new("traffic", "Exposures over time", [new ChartsPart(DetailCharts.Exposures(series), range, "No exposure has arrived since this process started to watch.")]),
            new("subjects", "Subjects", [.. Tables(DetailTables.Variants(status), DetailTables.Allocations(status), DetailTables.Segments(status))]),
            new("results", "Outcomes", [.. Results(status)]),
            new("plan", "Plan and looks", [.. Tables(ResultTables.Plan(status), LookTables.Planned(status), LookTables.Taken(detail)), .. LookTables.Notes(detail)]),
            new("data", "Quality of the data",
            [
                .. Tables(
                    DetailTables.Quality(status), DetailTables.Lost(status), DetailTables.Excluded(status), DetailTables.Reasons(status), DetailTables.Calls(status), DetailTables.Sampling(status), DetailTables.Producers(status),
                    DetailTables.Builds(status)),
            ]),
            new("signals", "Signals", [new TablePart(ResultTables.Signals(detail))]),
            new("events", "Latest events", [new TablePart(ResultTables.Events(links, detail))]),
        ];
        if (detail.Destinations.Count > 0)
        {
            sections.Insert(
                sections.FindIndex(static section => section.Id == "signals"), new("delivery", "Delivery", [.. Tables(DeliveryTables.Destinations(detail.Destinations), DeliveryTables.Drops(detail))]));
        }

        return sections;
    }

    private static IEnumerable<SectionPart> Tables(params IEnumerable<Table> tables) => tables.Select(static table => new TablePart(table));

    private static IEnumerable<SectionPart> Results(ExperimentStatus status)
    {
        if (status.State == ExperimentState.SampleRatioMismatch)
        {
            yield return new WarningPart(
                "Untrustworthy:", "the split is broken, so every comparison of variants is biased. Means and comparisons are left out until the cause is mended and the experiment is reset.");
        }

        var isOpen = ResultLooks.AreOpen(status);
        if (!isOpen)
        {
            yield return new WithheldResultsPart();
        }

        yield return new TablePart(ResultTables.ReadOuts(status, withResults: isOpen), IsExported: isOpen);
    }
}
