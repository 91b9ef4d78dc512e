using System.Globalization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The table of experiments.</summary>
internal static class ListTable
{
    private static readonly TableColumn[] Columns =
    [
        new("name", "Experiment"),
        new("state", "State"),
        new("variants", "Variants and weights"),
        TableColumn.Count("subjects", "Subjects"),
        TableColumn.Count("exposuresInLastMinute", "Exposures per minute, last hour"),
        TableColumn.Count("lostExposures", "Exposures lost"),
        new("lastExposure", "Last exposure"),
    ];

    public static Table Of(IExperimentLinks links, IReadOnlyList<(ExperimentListItem Experiment, StateText State)> rows) =>
        new(Site.ListTableId, "Experiments", Columns, [.. rows.Select(static row => Values(row.Experiment, row.State))])
        {
            IsLive = true,
            Decorate = (row, column) => column switch
            {
                0 => HtmlText.Of($"<a href=\"{links.Detail(rows[row].Experiment.Name)}\">{rows[row].Experiment.Name}</a>"),
                1 => HtmlText.Join([rows[row].State.Write(), .. OverviewText.HasExplainedDoubt(rows[row].Experiment) ? [Mark("Untrustworthy")] : Array.Empty<HtmlText>(), .. rows[row].Experiment.HasCrossovers ? [Mark("Crossovers")] : Array.Empty<HtmlText>(), .. rows[row].Experiment.HasFailed ? [Mark("Monitoring failed")] : Array.Empty<HtmlText>()]),
                4 => HtmlText.Of($"{LastMinute(rows[row].Experiment):N0} {Sparkline.Write(rows[row].Experiment.ExposuresPerMinute)}"),
                5 when rows[row].Experiment.LostExposures > 0 => HtmlText.Of($"<strong>{rows[row].Experiment.LostExposures:N0}</strong>"),
                _ => null,
            },
        };

    private static HtmlText Mark(string text) => HtmlText.Of($" <span class=\"state warning\"><span aria-hidden=\"true\">!</span> {text}</span>");

    private static object?[] Values(ExperimentListItem experiment, StateText state) =>
    [
        experiment.Name,
        state.Text + (OverviewText.HasExplainedDoubt(experiment) ? ", untrustworthy" : string.Empty) + (experiment.HasCrossovers ? ", crossovers" : string.Empty) + (experiment.HasFailed ? ", monitoring failed" : string.Empty),
        string.Join("; ", experiment.Variants.Select(static variant => variant.Share is { } share ? string.Create(CultureInfo.InvariantCulture, $"{variant.Key} {share:0.##%}") : variant.Key)),
        experiment.Subjects,
        LastMinute(experiment),
        experiment.LostExposures,
        experiment.LastExposure,
    ];

    /// <summary>Returns the exposures of the last complete minute.</summary>
    private static long LastMinute(ExperimentListItem experiment) => experiment.ExposuresPerMinute is [.., var last, _] ? last : 0;
}
