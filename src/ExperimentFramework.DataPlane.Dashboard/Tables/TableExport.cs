using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Writes tables for other programs.</summary>
internal static class TableExport
{
    /// <summary>Characters with which spreadsheets begin a formula, in both widths.</summary>
    private const string FormulaStarts = "=+-@＝＋－＠";

    /// <summary>What a spreadsheet may skip in front of a formula; some trim spaces when they import.</summary>
    private const string Skipped = "\t\r\n";
    private const string Spaces = " \u00A0";

    /// <summary>What a spreadsheet may take for the end of a cell, by the settings of its reader.</summary>
    private const string CellEnds = ",;\t\r\n";

    /// <summary>What puts a field into quotes.</summary>
    private static readonly SearchValues<char> Quoted = SearchValues.Create(CellEnds + "\"");

    /// <summary>Writes CSV (RFC 4180). Before what a spreadsheet would take for a formula, at the beginning of a text or of what may become another cell, is an apostrophe.</summary>
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
                    // What is a word in a column of numbers is for reading only.
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
