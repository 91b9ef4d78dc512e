using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane.Benchmarks.Markdown;

/// <summary>A table in Markdown.</summary>
internal sealed class Table
{
    private readonly StringBuilder _text = new();

    public Table(params string[] columns)
    {
        Row(columns);
        Row(columns.Select(_ => "---"));
    }

    /// <summary>Adds a row; numbers are rounded to what can be read of them.</summary>
    public void Add(params object?[] cells) => Row(cells.Select(Text));

    public override string ToString() => _text.ToString();

    private static string Text(object? cell) => cell switch
    {
        double.NaN => "",
        double number and < 10 => number.ToString("0.0#", CultureInfo.InvariantCulture),
        double number and < 100 => number.ToString("0.0", CultureInfo.InvariantCulture),
        double number => number.ToString("N0", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => cell?.ToString() ?? "",
    };

    private void Row(IEnumerable<string> cells) => _text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
}
