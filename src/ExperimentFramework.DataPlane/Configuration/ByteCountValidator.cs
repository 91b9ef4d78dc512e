using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>Rejects sizes that are not a number of bytes, such as <c>64MiB</c>, and says what to write; the binder would only say that it cannot convert the value.</summary>
internal static class ByteCountValidator
{
    private static readonly (string Name, decimal Bytes)[] Units =
    [
        ("KIB", 1L << 10), ("MIB", 1L << 20), ("GIB", 1L << 30), ("TIB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("T", 1L << 40), ("B", 1),
    ];

    /// <summary>Checks one value.</summary>
    /// <exception cref="InvalidOperationException">The value is not a whole number; the message quotes it, its path and how to write it.</exception>
    public static void Require(IConfigurationSection value)
    {
        if (!string.IsNullOrEmpty(value.Value) && !long.TryParse(value.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"Configuration value '{value.Path}' is '{value.Value}'; it must be a number of bytes without a unit: {BytesOf(value.Value) ?? 64 << 20}{(BytesOf(value.Value) is null ? " for 64 MiB" : "")}."));
        }
    }

    /// <summary>Converts a size with a unit to bytes; null if it cannot be converted.</summary>
    private static long? BytesOf(string text)
    {
        var size = text.Trim();
        foreach (var (name, bytes) in Units)
        {
            if (size.EndsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return decimal.TryParse(size.AsSpan(0, size.Length - name.Length).Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue / bytes
                    ? (long)(number * bytes)
                    : null;
            }
        }

        return null;
    }
}
