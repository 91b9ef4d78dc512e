namespace ExperimentFramework.DataPlane;

/// <summary>Says why files cannot be written, and what to do about it. The message names no values of events, so it may be shown while ids are redacted.</summary>
internal static class FileFailure
{
    private const int DiskFullOnWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullOnWindows = unchecked((int)0x80070027);
    private const int NoSpaceOnUnix = 28;
    private const int ReadOnlyOnUnix = 30;
    private const int QuotaOnLinux = 122;
    private const int QuotaOnMac = 69;

    /// <summary>Returns the exception to throw: a transient one, because each of these faults can be corrected while the process runs.</summary>
    public static IOException Describe(string folder, Exception exception) => SafeText.Own(new IOException(Text(folder, exception)));

    /// <summary>The file where a folder, or one above it, is expected; null if there is none.</summary>
    public static string? FileIn(string folder) => NearestExisting(folder) is var nearest && File.Exists(nearest) ? nearest : null;

    /// <summary>Says that a path is that of a file.</summary>
    public static string IsFile(string path) => $"'{path}' is a file, so no event file can be created in it. Use the path of a folder.";

    private static string Text(string folder, Exception exception)
    {
        if (exception is NotSupportedException)
        {
            return exception.Message;
        }

        if (FileIn(folder) is { } file)
        {
            return IsFile(file);
        }

        return exception switch
        {
            UnauthorizedAccessException when !Directory.Exists(folder) =>
                $"The folder '{folder}' cannot be created: the user '{Environment.UserName}' has no permission to create a folder in '{NearestExisting(folder)}', the nearest one that exists. "
                + $"Grant it permission to write there and to search it, or create '{folder}' for it.",
            UnauthorizedAccessException =>
                $"The user '{Environment.UserName}' has no permission to write to the folder '{folder}'. Grant it permission to create, write, rename and delete files there.",
            IOException { HResult: ReadOnlyOnUnix } when !Directory.Exists(folder) =>
                $"The folder '{folder}' cannot be created: '{NearestExisting(folder)}', the nearest one that exists, is on a file system that is mounted read-only. Mount it for writing, or use another folder.",
            IOException { HResult: ReadOnlyOnUnix } => $"The folder '{folder}' is on a file system that is mounted read-only. Mount it for writing.",
            IOException { HResult: DiskFullOnWindows or HandleDiskFullOnWindows or NoSpaceOnUnix } =>
                $"The disk of the folder '{folder}' is full. Free space on it; RetentionBytes of AddFileDataBackplane limits what is kept as JSON lines.",
            IOException { HResult: QuotaOnLinux or QuotaOnMac } => $"The disk quota of the user '{Environment.UserName}' in the folder '{folder}' is exhausted. Free space, or raise the quota.",
            _ when !Directory.Exists(folder) => $"The folder '{folder}' does not exist. Create it again, or mount it; events are written once it is there.",
            _ => $"Writing to the folder '{folder}' failed: {exception.Message}",
        };
    }

    /// <summary>The path, or the nearest one above it that exists.</summary>
    private static string NearestExisting(string path)
    {
        var nearest = path;
        while (!Path.Exists(nearest) && Path.GetDirectoryName(nearest) is { Length: > 0 } parent)
        {
            nearest = parent;
        }

        return nearest;
    }
}
