using System.Globalization;
using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The names of the files of a journal: <c>20260301T120000.0000000Z-0123456789abcdef0123456789abcdef.jsonl</c>, the time when the file was started and a random part, so that names never
/// collide across hosts, processes, restarts and clocks that are set back, and sort by time. While a file is written, its name ends in <c>.open</c>.
/// </summary>
internal static partial class JournalName
{
    public const string Lines = ".jsonl";
    public const string Open = ".jsonl.open";
    public const string Gzip = ".jsonl.gz";

    /// <summary>The extension of files that are incomplete and that no reader opens.</summary>
    public const string Temporary = ".tmp";

    /// <summary>The extension of a folder of files that are incomplete. No pattern for event files matches it.</summary>
    public const string WorkFolder = ".parts" + Temporary;

    /// <summary>The prefix of files that are written to find out whether a folder can be written to.</summary>
    public const string Probe = ".probe-";

    /// <summary>The folder of lines that are not events.</summary>
    public const string UnreadableFolder = "unreadable";

    /// <summary>Creates the name of a new file, without its ending.</summary>
    public static string Create(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd'T'HHmmss'.'fffffff'Z'}-{Guid.NewGuid():N}");

    /// <summary>Returns the name of a journal file without folder and ending, which its results have too; null if the file is not one of a journal.</summary>
    public static string? BaseOf(string path) => Pattern().Match(Path.GetFileName(path)) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Whether the file is being written, or was when its process ended.</summary>
    public static bool IsOpen(string path) => path.EndsWith(Open, StringComparison.Ordinal);

    /// <summary>Whether the file is a complete journal file, or was made from one.</summary>
    public static bool IsFinished(string path) =>
        BaseOf(path) is not null && (path.EndsWith(Lines, StringComparison.Ordinal) || path.EndsWith(Gzip, StringComparison.Ordinal));

    /// <summary>Returns the name that an open file has when it is finished.</summary>
    public static string Finished(string openPath) => string.Concat(openPath.AsSpan(0, openPath.Length - Open.Length), Lines);

    [GeneratedRegex(@"^(\d{8}T\d{6}\.\d{7}Z-[0-9a-f]{32})\.")]
    private static partial Regex Pattern();
}
