namespace ExperimentFramework.DataPlane;

/// <summary>
/// The folder of a journal. It is created once: a folder that disappears later may be a disk that is no longer mounted, and a new folder in its place would fill
/// another disk.
/// </summary>
internal sealed class JournalFolder(string path)
{
    private const int ProbeBytes = 4_096;

    private volatile bool _isCreated;

    public string Path => path;

    /// <summary>Requires that neither the path nor anything above it is a file: a mistake that does not go away by itself.</summary>
    /// <exception cref="ArgumentException">One of them is a file; the message names it.</exception>
    public void RequireNoFile(string parameterName)
    {
        if (FileFailure.FileIn(path) is { } file)
        {
            throw new ArgumentException(FileFailure.IsFile(file), parameterName);
        }
    }

    /// <summary>Creates the folder if this process has not done so yet.</summary>
    public void Create()
    {
        if (!_isCreated)
        {
            OwnerOnly.CreateFolder(path);
            _isCreated = true;
        }
    }

    /// <summary>Writes a file and deletes it.</summary>
    /// <exception cref="IOException">The folder does not exist, or its disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission.</exception>
    public void Probe()
    {
        Create();
        var file = System.IO.Path.Combine(path, $"{JournalName.Probe}{Guid.NewGuid():N}{JournalName.Temporary}");
        try
        {
            using var stream = OwnerOnly.Open(file, FileMode.CreateNew);
            stream.Write(stackalloc byte[ProbeBytes]);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
