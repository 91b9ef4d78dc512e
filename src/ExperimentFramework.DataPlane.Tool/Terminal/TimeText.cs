using System.Globalization;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Times as text, in UTC.</summary>
internal static class TimeText
{
    /// <summary>Returns a time to the second, for people.</summary>
    public static string Short(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Returns a time as events have it.</summary>
    public static string Exact(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
