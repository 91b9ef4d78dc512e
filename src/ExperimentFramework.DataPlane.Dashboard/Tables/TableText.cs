using System.Globalization;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The values of tables as plain text.</summary>
internal static class TableText
{
    /// <summary>Stands for a value that there is not.</summary>
    public const string None = "–";

    /// <summary>Returns a time in UTC, to the second.</summary>
    public static string Time(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    /// <summary>Returns the value of a cell.</summary>
    public static string Value(TableColumn column, object? value) => value switch
    {
        null => None,
        string text => text,
        DateTimeOffset time => Time(time),
        IFormattable number => number.ToString(column.Format, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };
}
