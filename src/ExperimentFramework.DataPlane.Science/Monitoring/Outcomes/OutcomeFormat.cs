namespace ExperimentFramework.DataPlane.Science;

/// <summary>Validates values that are read from a snapshot.</summary>
internal static class OutcomeFormat
{
    /// <summary>Returns a number if it is in its range.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static int Range(int value, int lowest, int highest) =>
        value >= lowest && value <= highest ? value : throw new FormatException($"A number is out of range: {value}.");

    /// <summary>Reads a count.</summary>
    /// <exception cref="FormatException">It is negative.</exception>
    public static long ReadCount(BinaryReader reader) => reader.ReadInt64() is >= 0 and var count ? count : throw new FormatException("A count is negative.");

    /// <summary>Reads a time in ticks.</summary>
    /// <exception cref="FormatException">It is out of range.</exception>
    public static long ReadTicks(BinaryReader reader) =>
        reader.ReadInt64() is >= 0 and var ticks && ticks <= DateTimeOffset.MaxValue.UtcTicks ? ticks : throw new FormatException("A time is out of range.");

    /// <summary>Reads a finite number.</summary>
    /// <exception cref="FormatException">It is not finite.</exception>
    public static double ReadFinite(BinaryReader reader) =>
        reader.ReadDouble() is var value && double.IsFinite(value) ? value : throw new FormatException($"A number is not finite: {value}.");
}
