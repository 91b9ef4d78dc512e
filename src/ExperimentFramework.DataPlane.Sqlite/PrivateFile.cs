namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Makes database files accessible to their owner only, because they contain subject ids. SQLite gives the files next to the database (write-ahead log,
/// shared memory) the same mode. On Windows, the access rules of the folder apply instead.
/// </summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The database and the files that SQLite keeps next to it.</summary>
    public static readonly IReadOnlyList<string> Suffixes = ["", "-wal", "-shm", "-journal"];

    /// <summary>
    /// Creates the file if it is missing, before SQLite would create it with a wider mode. Anything that fails here also fails when SQLite opens the file, with SQLite's
    /// own message.
    /// </summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            // Only a new file: opening and closing one that SQLite has open would release SQLite's locks on it.
            using var created = new FileStream(
                path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It exists, or SQLite says why it cannot be created.
        }
    }

    /// <summary>Restricts the files of earlier versions, and of those that were created with a wider mode.</summary>
    public static void Restrict(string path)
    {
        foreach (var suffix in Suffixes)
        {
            RestrictFile(path + suffix);
        }
    }

    private static void RestrictFile(string file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && File.Exists(file) && File.GetUnixFileMode(file) != OwnerOnly)
            {
                File.SetUnixFileMode(file, OwnerOnly);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file belongs to another user, who decides who can read it.
        }
    }
}
