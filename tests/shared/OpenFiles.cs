namespace ExperimentFramework.DataPlane;

/// <summary>The files that this process has open.</summary>
internal static class OpenFiles
{
    private const string Handles = "/proc/self/fd";

    /// <summary>Returns the number of those in a folder; 0 where the system does not say.</summary>
    public static int CountIn(string folder) => Directory.Exists(Handles) ? Directory.GetFileSystemEntries(Handles).Count(handle => IsIn(folder, handle)) : 0;

    private static bool IsIn(string folder, string handle)
    {
        try
        {
            return new FileInfo(handle).LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            // It was closed meanwhile.
            return false;
        }
    }
}
