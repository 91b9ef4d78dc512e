using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The folder of a partition: <c>experiment=checkout/date=2026-03-01</c>. Every experiment name becomes a valid folder name on Linux, macOS and Windows: bytes of its UTF-8 that
/// a folder name cannot contain are written as <c>%2F</c>, as Hive, Spark and DuckDB write and read them. Capital letters are written that way too, because Windows and macOS
/// treat folder names that differ only in case as the same.
/// </summary>
internal static class PartitionName
{
    /// <summary>The folder of lines that are not events: a disk may damage a file, and lines that cannot be read are kept.</summary>
    public const string Unreadable = JournalName.UnreadableFolder;

    private const string Experiment = "experiment=";
    private const string Date = "date=";

    /// <summary>The longest escaped name; file systems take 255 bytes for a folder.</summary>
    private const int MaxLength = 200;

    /// <summary>Separates the beginning of a name that is too long from the hash of all of it. No escaped name contains it otherwise.</summary>
    private const char HashMark = '~';

    private const string Unreserved = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

    /// <summary>Returns the path of the partition below the root folder.</summary>
    public static string Of(string experiment, DateOnly date) =>
        Path.Combine(Experiment + Escape(experiment), OfDay(date));

    /// <summary>Returns the name of the folder of a day.</summary>
    public static string OfDay(DateOnly date) => string.Create(CultureInfo.InvariantCulture, $"{Date}{date:yyyy-MM-dd}");

    /// <summary>Whether a folder holds the files of one partition.</summary>
    public static bool IsPartition(string folder) => Path.GetFileName(folder) is var name && (name == Unreadable || name.StartsWith(Date, StringComparison.Ordinal));

    /// <summary>Returns the name as a part of a folder name. A name of more than 200 characters, when it is escaped, is truncated and ends in a hash, so that it cannot be read back.</summary>
    public static string Escape(string experiment)
    {
        var bytes = Encoding.UTF8.GetBytes(experiment);
        var escaped = new StringBuilder();
        for (var i = 0; i < bytes.Length; i++)
        {
            // Windows drops a dot at the end.
            var isSafe = Unreserved.Contains((char)bytes[i], StringComparison.Ordinal) && (bytes[i] != '.' || i < bytes.Length - 1);
            _ = isSafe ? escaped.Append((char)bytes[i]) : escaped.Append(CultureInfo.InvariantCulture, $"%{bytes[i]:X2}");
        }

        if (escaped.Length <= MaxLength)
        {
            return escaped.ToString();
        }

        var hash = Convert.ToHexStringLower(XxHash128.Hash(bytes));
        return string.Concat(escaped.ToString(0, MaxLength - hash.Length - 1), HashMark.ToString(), hash);
    }

    /// <summary>Returns the experiment's name; null if the text is not an escaped name, or the name was truncated.</summary>
    public static string? Unescape(string escaped) => escaped.Contains(HashMark, StringComparison.Ordinal) ? null : Uri.UnescapeDataString(escaped);
}
