using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Tables as all commands draw them.</summary>
internal static class Tables
{
    public static readonly Style Good = new(Color.Green);
    public static readonly Style Doubtful = new(Color.Yellow);
    public static readonly Style Bad = new(Color.Red);
    public static readonly Style Plain = Style.Plain;
    private static readonly Style Head = new(decoration: Decoration.Bold);

    /// <summary>Creates a table.</summary>
    /// <param name="columns">The heads of its columns; those of numbers begin with <c>#</c>, which is not shown.</param>
    public static Table Create(params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = true };
        foreach (var column in columns)
        {
            var isNumber = column.StartsWith('#');
            table.AddColumn(new TableColumn(new Text(isNumber ? column[1..] : column, Head)) { Alignment = isNumber ? Justify.Right : Justify.Left, NoWrap = isNumber });
        }

        return table;
    }

    /// <summary>Adds a row of texts.</summary>
    public static void Add(this Table table, params ReadOnlySpan<string> cells)
    {
        var row = new Text[cells.Length];
        for (var index = 0; index < cells.Length; index++)
        {
            row[index] = Cell(cells[index]);
        }

        table.AddRow(row);
    }

    /// <summary>Creates a cell.</summary>
    public static Text Cell(string text, Style? style = null) => new(SafeText.Of(text), style ?? Plain);

    /// <summary>Writes a heading.</summary>
    public static void WriteHeading(this IAnsiConsole console, string text)
    {
        console.WriteLine();
        console.Write(new Text(SafeText.Of(text), Head));
        console.WriteLine();
    }

    /// <summary>Writes a line.</summary>
    public static void WriteText(this IAnsiConsole console, string text, Style? style = null)
    {
        console.Write(Cell(text, style));
        console.WriteLine();
    }
}
