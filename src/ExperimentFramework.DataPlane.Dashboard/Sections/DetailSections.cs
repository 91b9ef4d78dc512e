using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The sections about one experiment.</summary>
internal static class DetailSections
{
    /// <summary>Returns the range of the charts: the requested one, or by default minutes for a young run.</summary>
    public static string RangeOf(string? asked, ExperimentDetail detail) =>
        asked is SeriesTable.Minutes or SeriesTable.Hours ? asked
        : detail.Hours.Runs.Count > 3 ? SeriesTable.Hours : SeriesTable.Minutes;

    /// <summary>The sections, in reading order.</summary>
    public static IReadOnlyList<Section> Of(IExperimentLinks links, ExperimentDetail detail, string range)
    {
        detail = WithheldResults.LeftOutOf(detail);
        var status = detail.Status;
        var series = SeriesTable.SeriesOf(detail, range);
        List<Section> sections =
        [
            new("summary", "Summary", [new FactsPart(SummaryTable.Of(detail))]),
            new("shares", "Shares over time", [.. Charts(DetailCharts.Shares(series), range, "No subject has been counted since this process started monitoring.", detail, series)]),
            new("evidence", "Evidence", [new ChartsPart(DetailCharts.Evidence(series, status), range, "Nothing has been evaluated since this process started monitoring.")]),
            new("traffic", "Exposures over time", [new ChartsPart(DetailCharts.Exposures(series), range, "No exposure has arrived since this process started monitoring.")]),
            new("subjects", "Subjects", [.. Tables(DetailTables.Variants(status), DetailTables.Allocations(status), DetailTables.Segments(status))]),
            new("results", "Outcomes", [.. Results(detail)]),
            new("plan", "Plan and looks", [.. Tables(ResultTables.Plan(status), LookTables.Planned(status), LookTables.Taken(detail)), .. LookTables.Notes(detail)]),
            new("data", "Quality of the data", [.. Data(status)]),
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

    private static IEnumerable<SectionPart> Results(ExperimentDetail detail)
    {
        var status = detail.Status;
        foreach (var caution in Cautions.Of(detail))
        {
            yield return caution;
        }

        var isOpen = WithheldResults.AreOpen(status);
        if (!isOpen)
        {
            yield return WithheldResultsPart.Of(status);
        }

        yield return new TablePart(ResultTables.ReadOuts(status, withResults: isOpen), IsExported: isOpen);
        yield return new TablePart(ResultTables.LeftOut(status));
    }

    private static IEnumerable<SectionPart> Charts(IReadOnlyList<LineChart> charts, string range, string empty, ExperimentDetail detail, ExperimentSeries series)
    {
        yield return new ChartsPart(charts, range, empty);
        if (charts.Count > 0 && detail.Status.Variants.Count - series.Variants.Count is > 0 and var more)
        {
            yield return new NotePart(FormattableString.Invariant($"{more:N0} further variants are only in the tables, not in the charts."));
        }
    }

    private static IEnumerable<SectionPart> Data(ExperimentStatus status)
    {
        foreach (var table in Tables(
            DetailTables.Quality(status), DetailTables.Lost(status), DetailTables.Excluded(status), DetailTables.Reasons(status), DetailTables.Calls(status), DetailTables.Sampling(status), DetailTables.Producers(status),
            DetailTables.Builds(status)))
        {
            yield return table;
        }

        if (status.OtherBuildExposures > 0)
        {
            yield return new NotePart(FormattableString.Invariant($"{status.OtherBuildExposures:N0} exposures were of other builds."));
        }

        if (status.Producers.Count >= DetailTables.MaxProducers)
        {
            yield return new NotePart(FormattableString.Invariant($"Only the first {DetailTables.MaxProducers:N0} processes are listed."));
        }
    }
}
