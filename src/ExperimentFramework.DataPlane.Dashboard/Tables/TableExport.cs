using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Writes tables for other programs.</summary>
internal static class TableExport
{
    /// <summary>Characters with which spreadsheets begin a formula.</summary>
    private const string FormulaStarts = "=+-@\t\r";

    /// <summary>Writes CSV (RFC 4180). Text that a spreadsheet would take for a formula begins with an apostrophe.</summary>
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
                    Write(json, table.Columns[column].Key, row[column]);
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

    private static string Harmless(string text) => text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;

    private static string Field(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
