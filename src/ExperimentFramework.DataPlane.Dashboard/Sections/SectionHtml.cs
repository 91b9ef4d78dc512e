namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Writes the parts of sections as HTML.</summary>
internal static class SectionHtml
{
    /// <summary>Writes the content of a section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="links">The addresses for its links.</param>
    /// <param name="experiment">The experiment.</param>
    public static HtmlText Write(Section section, IExperimentLinks links, string experiment) => HtmlText.Join(section.Parts.Select(part => part switch
    {
        FactsPart { Facts: var facts } => Facts(facts),
        TablePart { Table: var table } shown => TableHtml.Write(table with { Id = links.IdPrefix + table.Id }, shown.IsExported ? links.Export(experiment, table.Id) : null),
        ChartsPart charts => Charts(charts, links, experiment),
        WarningPart warning => Warning(warning),
        NotePart note => HtmlText.Of($"<p>{note.Text}</p>"),
        _ => Withheld((WithheldResultsPart)part, links.Results(experiment), links.KeepsLooks),
    }));

    /// <summary>Writes a warning.</summary>
    public static HtmlText Warning(WarningPart warning) => HtmlText.Of($"<p class=\"untrustworthy\"><strong>{warning.Title}</strong> {warning.Text}</p>");

    private static HtmlText Facts(Table facts)
    {
        var rows = facts.Rows.Select((row, index) => HtmlText.Of($"<div><dt>{TableHtml.Content(facts, row[0], index, 0)}</dt><dd>{TableHtml.Content(facts, row[1], index, 1)}</dd></div>"));
        return HtmlText.Of($"<dl>{HtmlText.Join(rows)}</dl>");
    }

    private static HtmlText Charts(ChartsPart part, IExperimentLinks links, string experiment)
    {
        var charts = part.Charts.Count == 0
            ? HtmlText.Of($"<p class=\"empty\">{part.Empty}</p>")
            : HtmlText.Of($"<div class=\"charts\">{HtmlText.Join(part.Charts.Select(chart => chart.Write(links.IdPrefix)))}</div>");
        return links.Series(experiment, part.Range) is { } series
            ? HtmlText.Of($"{charts}<p class=\"exports\"><a href=\"{series}\">The charts as a table</a></p>")
            : charts;
    }

    /// <summary>Writes a form that requests the results. A form is used because following a link must not trigger a look that may cost something.</summary>
    public static HtmlText AskForResults(string results, bool keepsLooks) => HtmlText.Of(
        $"<form class=\"ask\" method=\"post\" action=\"{results}\"><button type=\"submit\">Show the results</button> {(keepsLooks ? "The look is recorded, with your name if you are signed in, and checked against the plan." : "Looks are not recorded here.")}</form>");

    private static HtmlText Withheld(WithheldResultsPart part, string? results, bool keepsLooks) =>
        HtmlText.Of($"<p>{part.Reason}</p>{(results is null || !part.CanAsk ? default : AskForResults(results, keepsLooks))}");
}
