using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Writes tables as CSV and JSON.</summary>
internal static class TableExport
{
    /// <summary>The characters that start a formula in spreadsheets, including their full-width forms.</summary>
    private const string FormulaStarts = "=+-@＝＋－＠";

    /// <summary>The characters that a spreadsheet may skip before a formula. Some spreadsheets also trim spaces on import.</summary>
    private const string Skipped = "\t\r\n";
    private const string Spaces = " \u00A0";

    /// <summary>The characters that a spreadsheet may interpret as the end of a cell, depending on its settings.</summary>
    private const string CellEnds = ",;\t\r\n";

    /// <summary>The characters that require a field to be quoted.</summary>
    private static readonly SearchValues<char> Quoted = SearchValues.Create(CellEnds + "\"");

    /// <summary>Writes CSV (RFC 4180). An apostrophe is inserted before anything that a spreadsheet would interpret as a formula, at the start of a text or of a part that may become another cell.</summary>
    public static byte[] Csv(Table table)
    {
        var csv = new StringBuilder();
        csv.AppendJoin(',', table.Columns.Select(static column => Field(column.Key))).Append("\r\n");
        foreach (var row in table.Rows)
        {
            csv.AppendJoin(',', row.Select(static value => value is string text ? Field(Harmless(text)) : Field(TextOf(value)))).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    /// <summary>Writes an array of objects, one for each row, with the keys of the columns.</summary>
    public static byte[] Json(Table table)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var row in table.Rows)
            {
                json.WriteStartObject();
                for (var column = 0; column < row.Length; column++)
                {
                    // Words in a column of numbers are only for display.
                    Write(json, table.Columns[column].Key, table.Columns[column].IsNumber && row[column] is string ? null : row[column]);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string key, object? value)
    {
        switch (value)
        {
            case null:
            case double number when !double.IsFinite(number):
                json.WriteNull(key);
                break;
            case double number:
                json.WriteNumber(key, number);
                break;
            case long number:
                json.WriteNumber(key, number);
                break;
            case int number:
                json.WriteNumber(key, number);
                break;
            case bool flag:
                json.WriteBoolean(key, flag);
                break;
            default:
                json.WriteString(key, TextOf(value));
                break;
        }
    }

    private static string TextOf(object? value) => value switch
    {
        null => string.Empty,
        DateTimeOffset time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static string Harmless(string text)
    {
        StringBuilder? harmless = null;
        for (var index = 0; index < text.Length; index++)
        {
            if (IsFirstAfterSpaces(text, index) ? (FormulaStarts + Skipped).Contains(text[index], StringComparison.Ordinal) : FormulaStarts.Contains(text[index], StringComparison.Ordinal) && CellEnds.Contains(text[index - 1], StringComparison.Ordinal))
            {
                (harmless ??= new StringBuilder(text, 0, index, text.Length + 8)).Append('\'');
            }

            harmless?.Append(text[index]);
        }

        return harmless?.ToString() ?? text;
    }

    private static bool IsFirstAfterSpaces(string text, int index) => text.AsSpan(0, index).IndexOfAnyExcept(Spaces) < 0;

    private static string Field(string text) => text.AsSpan().IndexOfAny(Quoted) < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
