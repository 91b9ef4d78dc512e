using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The time series of one experiment as a table, newest interval first.</summary>
internal static class SeriesTable
{
    public const string Minutes = "minutes";
    public const string Hours = "hours";

    public static ExperimentSeries SeriesOf(ExperimentDetail detail, string range) => range == Hours ? detail.Hours : detail.Minutes;

    public static string TitleOf(string range) => range == Hours ? "The last month by hour" : "The last hour by minute";

    public static Table Of(ExperimentDetail detail, string range)
    {
        var series = SeriesOf(detail, range);
        List<object?[]> rows = [];
        for (var interval = series.Runs.Count - 1; interval >= 0; interval--)
        {
            var start = series.Start + (interval * series.Interval);
            foreach (var variant in series.Variants)
            {
                rows.Add(
                [
                    start,
                    variant.Key,
                    variant.Exposures[interval],
                    variant.NewSubjects[interval],
                    variant.Shares[interval],
                    variant.PlannedShares[interval],
                    variant.LowShares[interval],
                    variant.HighShares[interval],
                    series.LogEvidence[interval],
                    series.LogPValues[interval],
                    series.LostExposures[interval],
                    series.Allocations[interval],
                    (long)series.Runs[interval],
                ]);
            }
        }

        return new Table(
            range,
            TitleOf(range),
            [
                new("start", "From"), new("variant", "Variant"), TableColumn.Count("exposures", "Exposures"), TableColumn.Count("newSubjects", "New subjects"),
                TableColumn.Percent("share", "Share of all subjects"), TableColumn.Percent("plannedShare", "Planned"), TableColumn.Percent("lowShare", "Band from"), TableColumn.Percent("highShare", "Band to"),
                new("logEvidence", "ln E", "0.00"), new("logPValue", "ln p", "0.00"), TableColumn.Count("lostExposures", "Lost, all variants"), new("allocation", "Weights"), TableColumn.Count("run", "Run"),
            ],
            rows)
        {
            Empty = "No event has arrived since this process started monitoring.",
        };
    }
}
