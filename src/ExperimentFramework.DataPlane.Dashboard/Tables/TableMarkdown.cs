using System.Text;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Writes tables as Markdown.</summary>
internal static class TableMarkdown
{
    /// <summary>Writes a table, or a sentence if it has no rows.</summary>
    public static string Write(Table table)
    {
        if (table.Rows.Count == 0)
        {
            return $"{MarkdownText.Of(table.Title)}: {MarkdownText.Of(table.Empty)}\n\n";
        }

        var markdown = new StringBuilder($"**{MarkdownText.Of(table.Title)}**\n\n");
        int[] shown = [.. Enumerable.Range(0, table.Columns.Count).Where(column => !table.Columns[column].IsExportOnly)];
        Append(markdown, shown.Select(column => MarkdownText.Of(table.Columns[column].Header)));
        Append(markdown, shown.Select(column => table.Columns[column].IsNumber ? "---:" : "---"));
        foreach (var row in table.Rows)
        {
            Append(markdown, shown.Select(column => Value(table.Columns[column], row[column])));
        }

        return markdown.Append('\n').ToString();
    }

    /// <summary>Writes the value of a cell. Numbers and times need no escaping.</summary>
    public static string Value(TableColumn column, object? value) => value is string text ? MarkdownText.Of(text) : TableText.Value(column, value);

    private static void Append(StringBuilder markdown, IEnumerable<string> cells) => markdown.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
