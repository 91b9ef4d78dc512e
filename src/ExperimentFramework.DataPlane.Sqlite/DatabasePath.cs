namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Validates the paths of database files. SQLite also accepts connection strings, URIs and in-memory databases where a path is expected; each of
/// them would create a file with a strange name, or store nothing.
/// </summary>
internal static class DatabasePath
{
    private const string Remedy = "Pass the path of a file in an existing folder, for example \"data/dataplane.db\".";

    private static readonly string[] ConnectionStringKeys =
        ["Data Source", "DataSource", "Filename", "Mode", "Cache", "Password", "Foreign Keys", "Recursive Triggers", "Default Timeout", "Command Timeout", "Pooling", "Vfs", "Version", "FullUri", "Uri"];

    /// <summary>Returns the full path, so that a later change of the working directory does not move the file.</summary>
    /// <param name="path">The path that the application passed.</param>
    /// <param name="parameterName">The name of the parameter that it was passed for.</param>
    /// <exception cref="ArgumentNullException"><paramref name="path"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is not the path of a file.</exception>
    public static string Validate(string path, string parameterName)
    {
        if (path is null)
        {
            throw new ArgumentNullException(parameterName, $"The path of the SQLite file is null. {Remedy} If it comes from the configuration, set its key there.");
        }

        if (Problem(path) is { } problem)
        {
            throw new ArgumentException($"{problem}. {Remedy}", parameterName);
        }

        return Path.GetFullPath(path);
    }

    private static string? Problem(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            return "The path of the SQLite file is empty";
        }

        var trimmed = path.Trim();
        if (trimmed.Contains('\0', StringComparison.Ordinal))
        {
            return $"'{path}' contains a NUL character";
        }

        // Neither a connection string nor a URI is quoted, because it may contain a password.
        if (IsConnectionString(trimmed))
        {
            return "The path of the SQLite file is a connection string, not a path";
        }

        if (trimmed.StartsWith(":memory:", StringComparison.OrdinalIgnoreCase) || trimmed.Contains("mode=memory", StringComparison.OrdinalIgnoreCase))
        {
            return $"'{path}' is an in-memory database, which does not survive the process";
        }

        if (trimmed.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || trimmed.Contains("://", StringComparison.Ordinal))
        {
            return "The path of the SQLite file is a URI, not a path";
        }

        if (trimmed.StartsWith('|'))
        {
            return $"'{path}' contains a connection string substitution, which is not expanded";
        }

        return Path.EndsInDirectorySeparator(path) || Directory.Exists(path) ? $"'{path}' is a folder" : null;
    }

    private static bool IsConnectionString(string path) => path.Split(';').Any(part =>
        part.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
        && ConnectionStringKeys.Contains(part[..equals].Trim(), StringComparer.OrdinalIgnoreCase));
}
