using System.Text;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Writes a report as Markdown.</summary>
/// <param name="overview">The experiments.</param>
internal sealed class ReportMarkdown(ExperimentOverview overview) : IReportWriter
{
    private readonly ReportLinks _links = new(overview);

    public string Begin(string? madeBy, IReadOnlyList<string> commands)
    {
        var rows = ReportLinks.InOrder(overview);
        var announcement = MarkdownText.Of(OverviewText.Announce(overview));
        var markdown = new StringBuilder("# Experiments\n\n")
            .Append("Report of ").Append(TableText.Time(overview.Time)).Append(madeBy is null ? string.Empty : ", created by " + MarkdownText.Of(madeBy)).Append("\n\n")
            .Append(OverviewText.HasAlarm(overview) ? $"**{announcement}**" : announcement).Append("\n\n")
            .Append(MarkdownText.Of(OverviewText.Count(overview, rows.Count))).Append("\n\n");
        if (rows.Count > 0)
        {
            markdown.Append(TableMarkdown.Write(ListTable.Of(_links, rows)));
        }

        if (commands.Count > 0)
        {
            markdown.Append("## How to reproduce this report\n\nThe first command created this report. The others recompute its numbers.\n\n")
                .AppendJoin(string.Empty, commands.Select(static command => $"    {command.ReplaceLineEndings("\n    ")}\n")).Append('\n');
        }

        return markdown.ToString();
    }

    public string Write(ExperimentDetail detail)
    {
        var name = detail.Status.Name;
        var sections = DetailSections.Of(_links, detail, DetailSections.RangeOf(null, detail));
        return $"## {MarkdownText.Of(name)}\n\n{string.Concat(sections.Select(static section => $"### {section.Title}\n\n{SectionMarkdown.Write(section)}"))}";
    }

    public string End() =>
        $"## Where this comes from\n\n{MarkdownText.Of(overview.Source.Description)}\n\nNot included:\n\n{string.Concat(overview.Source.NotSeen.Select(static missing => $"- {MarkdownText.Of(missing)}\n"))}";
}
