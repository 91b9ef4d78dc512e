using System.Globalization;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Writes tables as HTML.</summary>
internal static class TableHtml
{
    /// <summary>Writes a table, or a sentence if it has no rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="exports">The address of its exports, to which the format is added; null for no exports.</param>
    public static HtmlText Write(Table table, string? exports)
    {
        if (table.Rows.Count == 0)
        {
            return HtmlText.Of($"<p class=\"empty\"><strong>{table.Title}:</strong> {table.Empty}</p>");
        }

        var head = HtmlText.Join(table.Columns.Where(static column => !column.IsExportOnly).Select(static column => HtmlText.Of($"<th scope=\"col\"{Class(column)}>{column.Header}</th>")));
        var body = HtmlText.Join(table.Rows.Select((row, index) => HtmlText.Of($"<tr{Key(table, row)}>{HtmlText.Join(row.Select((value, column) => Cell(table, value, index, column)))}</tr>")));
        var links = exports is null ? default : HtmlText.Of(
            $"<p class=\"exports\"><a href=\"{exports}&amp;format=csv\" download>{table.Title} as CSV</a> <a href=\"{exports}&amp;format=json\" download>{table.Title} as JSON</a></p>");
        return HtmlText.Of(
            $"<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{table.Title}\"><table id=\"t-{table.Id}\"><caption>{table.Title}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{links}");
    }

    /// <summary>Writes the value of a cell.</summary>
    public static HtmlText Value(TableColumn column, object? value) => value switch
    {
        null => HtmlText.Of($"<span class=\"none\" aria-hidden=\"true\">{TableText.None}</span><span class=\"spoken\">none</span>"),
        DateTimeOffset time => Time(time),
        _ => HtmlText.Of($"{TableText.Value(column, value)}"),
    };

    /// <summary>Writes a time in UTC; the script of the page adds its age.</summary>
    public static HtmlText Time(DateTimeOffset time) => HtmlText.Of($"<time datetime=\"{time.UtcDateTime:O}\">{TableText.Time(time)}</time>");

    /// <summary>The id of a cell that is updated individually.</summary>
    public static string CellId(int row, int column) => string.Create(CultureInfo.InvariantCulture, $"cell-{row}-{column}");

    /// <summary>Writes the content of a cell.</summary>
    public static HtmlText Content(Table table, object? value, int row, int column) => table.Decorate(row, column) ?? Value(table.Columns[column], value);

    private static HtmlText Cell(Table table, object? value, int row, int column)
    {
        if (table.Columns[column].IsExportOnly)
        {
            return default;
        }

        var content = Content(table, value, row, column);
        var id = table.IsLive ? HtmlText.Of($" id=\"{CellId(row, column)}\"") : default;
        return column == 0
            ? HtmlText.Of($"<th scope=\"row\"{id}{Class(table.Columns[column])}>{content}</th>")
            : HtmlText.Of($"<td{id}{Class(table.Columns[column])}>{content}</td>");
    }

    /// <summary>Identifies a row that may move, so that an open page moves it instead of rewriting its cells.</summary>
    private static HtmlText Key(Table table, object?[] row) => table.IsLive && row[0] is string key ? HtmlText.Of($" data-key=\"{key}\"") : default;

    private static HtmlText Class(TableColumn column) => column.IsNumber ? HtmlText.Of($" class=\"number\"") : default;
}
