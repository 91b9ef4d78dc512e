using System.Globalization;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The values of tables as plain text.</summary>
internal static class TableText
{
    /// <summary>Shown if a value is missing.</summary>
    public const string None = "–";

    /// <summary>Returns a time in UTC, to the second.</summary>
    public static string Time(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    /// <summary>Returns the value of a cell.</summary>
    public static string Value(TableColumn column, object? value) => value switch
    {
        null => None,
        string text => text,
        DateTimeOffset time => Time(time),
        double number when column.Format?.StartsWith(TableColumn.SignificantDigits, StringComparison.Ordinal) == true => Round(number, int.Parse(column.Format.AsSpan(TableColumn.SignificantDigits.Length), CultureInfo.InvariantCulture)),
        IFormattable number => number.ToString(column.Format, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    /// <summary>Writes a number to some significant digits, with an exponent only if there would be many zeros.</summary>
    private static string Round(double number, int digits)
    {
        var size = Math.Abs(number);
        if (size is > 0 and (< 1e-4 or >= 1e15) || !double.IsFinite(number))
        {
            return number.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        }

        var decimals = size == 0 ? 0 : Math.Max(0, digits - 1 - (int)Math.Floor(Math.Log10(size)));
        return number.ToString("#,0." + new string('#', decimals), CultureInfo.InvariantCulture);
    }
}
