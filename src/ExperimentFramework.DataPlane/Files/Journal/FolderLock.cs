namespace ExperimentFramework.DataPlane;

/// <summary>A lock on a folder among processes. The operating system releases it when its process ends, however it ends. The lock file is kept: deleting it would let two processes hold a lock each.</summary>
internal sealed class FolderLock : IDisposable
{
    private const string FileName = ".dataplane.lock";

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, without waiting.</summary>
    /// <returns>Null if another process, or another destination of this one, has it.</returns>
    public static FolderLock? TryTake(string folder) => TryOpen(Path.Combine(folder, FileName), FileShare.None) is { } file ? new FolderLock(file) : null;

    /// <summary>
    /// Whether the file system has locks at all: on some network shares, and if locking is switched off in .NET, every process gets every lock. It opens the file as a journal file is opened, for writing while others
    /// read: on the NFS and SMB shares of Unix, .NET takes no lock then, although it takes one for a file that nobody else may open.
    /// </summary>
    public bool IsExclusive()
    {
        using var second = TryOpen(_file.Name, FileShare.Read);
        return second is null;
    }

    public void Dispose() => _file.Dispose();

    private static FileStream? TryOpen(string path, FileShare share)
    {
        try
        {
            return OwnerOnly.Open(path, FileMode.OpenOrCreate, share);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
