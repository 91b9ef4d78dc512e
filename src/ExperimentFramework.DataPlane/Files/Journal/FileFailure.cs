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

    /// <summary>Returns the exception to answer with: a transient one, because each of these can be remedied while the process runs.</summary>
    public static IOException Describe(string folder, Exception exception) => SafeText.Own(new IOException(Text(folder, exception)));

    private static string Text(string folder, Exception exception) =>
        exception is NotSupportedException ? exception.Message
        : exception is UnauthorizedAccessException
            ? $"The user '{Environment.UserName}' has no permission to write to the folder '{folder}'. Grant it permission to create, write, rename and delete files there."
        : File.Exists(folder) ? $"'{folder}' is a file, so no event file can be created in it. Use the path of a folder."
        : !Directory.Exists(folder) ? $"The folder '{folder}' does not exist. Create it again, or mount it; events are written once it is there."
        : exception switch
        {
            IOException { HResult: DiskFullOnWindows or HandleDiskFullOnWindows or NoSpaceOnUnix } =>
                $"The disk of the folder '{folder}' is full. Free space on it; FileDataBackplaneOptions.RetentionBytes limits what is kept.",
            IOException { HResult: QuotaOnLinux or QuotaOnMac } => $"The disk quota of the user '{Environment.UserName}' in the folder '{folder}' is exhausted. Free space, or raise the quota.",
            IOException { HResult: ReadOnlyOnUnix } => $"The folder '{folder}' is on a file system that is mounted read-only. Mount it for writing.",
            _ => $"Writing to the folder '{folder}' failed: {exception.Message}",
        };
}
