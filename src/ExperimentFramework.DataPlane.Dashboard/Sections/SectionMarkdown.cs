namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Writes the parts of sections as Markdown.</summary>
internal static class SectionMarkdown
{
    /// <summary>Writes the content of a section.</summary>
    public static string Write(Section section) => string.Concat(section.Parts.Select(static part => part switch
    {
        FactsPart { Facts: var facts } => Facts(facts),
        TablePart { Table: var table } => TableMarkdown.Write(table),
        ChartsPart { Charts.Count: 0, Empty: var empty } => MarkdownText.Of(empty) + "\n\n",
        ChartsPart { Charts: var charts } => string.Concat(charts.Select(static chart => $"- **{MarkdownText.Of(chart.Title)}**: {MarkdownText.Of(chart.Description)}\n")) + "\n",
        WarningPart warning => $"**{MarkdownText.Of(warning.Title)}** {MarkdownText.Of(warning.Text)}\n\n",
        NotePart note => MarkdownText.Of(note.Text) + "\n\n",
        WithheldResultsPart withheld => MarkdownText.Of(withheld.Reason) + "\n\n",
        _ => throw new ArgumentOutOfRangeException(nameof(section), part, "This kind of part cannot be written as Markdown."),
    }));

    private static string Facts(Table facts) =>
        string.Concat(facts.Rows.Select(row => $"- {TableMarkdown.Value(facts.Columns[0], row[0])}: {TableMarkdown.Value(facts.Columns[1], row[1])}\n")) + "\n";
}
