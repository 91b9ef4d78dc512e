using System.Globalization;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Numbers as text, the same in every culture.</summary>
internal static class NumberText
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Returns a count with its thousands separated.</summary>
    public static string Of(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Returns a count with the word for what is counted.</summary>
    public static string Of(long count, string one, string many) => $"{Of(count)} {(count == 1 ? one : many)}";

    /// <summary>Returns a share in percent.</summary>
    public static string Percent(double share) => double.IsNaN(share) ? "" : share.ToString("P1", CultureInfo.InvariantCulture);

    /// <summary>Returns a p-value: with four decimals, and with two digits and a power of ten where it is small. It may be too small for a number.</summary>
    public static string PValue(double logPValue)
    {
        var pValue = Math.Exp(logPValue);
        if (pValue >= 0.001 || !double.IsFinite(logPValue))
        {
            return pValue.ToString("0.####", CultureInfo.InvariantCulture);
        }

        var logarithm = logPValue / Math.Log(10);
        var exponent = Math.Floor(logarithm);
        var digits = Math.Round(Math.Pow(10, logarithm - exponent), 1);
        return digits < 10
            ? string.Create(CultureInfo.InvariantCulture, $"{digits:0.#}e{exponent:0}")
            : string.Create(CultureInfo.InvariantCulture, $"1e{exponent + 1:0}");
    }

    /// <summary>Returns a duration in days, hours, minutes and seconds.</summary>
    public static string Duration(TimeSpan duration)
    {
        var parts = new[]
        {
            duration.Days > 0 ? Of(duration.Days, "day", "days") : null,
            duration.Hours > 0 ? Of(duration.Hours, "hour", "hours") : null,
            duration.Minutes > 0 ? Of(duration.Minutes, "minute", "minutes") : null,
            TimeSpan.FromTicks(duration.Ticks % TimeSpan.TicksPerMinute).TotalSeconds is > 0 and var seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#######} {(seconds == 1 ? "second" : "seconds")}") : null,
        };
        return string.Join(" ", parts.OfType<string>()) is { Length: > 0 } text ? text : "0 seconds";
    }

    /// <summary>Returns a number of bytes in the largest unit that leaves at least 1.</summary>
    public static string Bytes(long bytes)
    {
        var unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
