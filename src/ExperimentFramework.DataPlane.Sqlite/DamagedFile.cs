using System.Globalization;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Renames damaged database files, with the time in their names, and deletes these copies once they are old.</summary>
internal static class DamagedFile
{
    private const string Mark = ".damaged-";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>
    /// Whether a file that SQLite rejects as "not a database" may have been one. A text file that the path refers to by mistake is not moved.
    /// </summary>
    public static bool MayBeDatabase(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[4_096];
            start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            return start.StartsWith("SQLite format 3"u8) || start.Contains((byte)0) || File.Exists(path + "-wal");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Renames the database and the files next to it.</summary>
    /// <returns>The new path.</returns>
    public static string SetAside(string path, DateTimeOffset now)
    {
        var stem = path + Mark + now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        var aside = stem;
        for (var number = 2; File.Exists(aside); number++)
        {
            aside = string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}");
        }

        foreach (var suffix in PrivateFile.Suffixes)
        {
            if (File.Exists(path + suffix))
            {
                File.Move(path + suffix, aside + suffix);
            }
        }

        PrivateFile.Restrict(aside);
        return aside;
    }

    /// <summary>Deletes the copies that were renamed before the specified time, which is read from their names.</summary>
    public static void DeleteBefore(string path, DateTimeOffset time)
    {
        var prefix = Path.GetFileName(path) + Mark;
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!))
        {
            if (Path.GetFileName(file) is var name && name.StartsWith(prefix, StringComparison.Ordinal) && IsBefore(name.AsSpan(prefix.Length), time))
            {
                File.Delete(file);
            }
        }
    }

    private static bool IsBefore(ReadOnlySpan<char> rest, DateTimeOffset time)
    {
        const int length = 16;
        return rest.Length >= length
            && DateTimeOffset.TryParseExact(rest[..length], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var setAsideAt)
            && setAsideAt < time;
    }
}
