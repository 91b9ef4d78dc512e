namespace ExperimentFramework.DataPlane;

/// <summary>
/// The file that a journal writes: lines are appended completely or not at all, and other processes can read them but cannot finish the file. Not
/// thread-safe.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    private const int MaxAttempts = 5;

    /// <summary>An empty file that is younger may be one that a process has created and not locked yet.</summary>
    private static readonly TimeSpan YoungestLeftover = TimeSpan.FromMinutes(1);

    private readonly FileStream _stream;

    private JournalFile(FileStream stream) => _stream = stream;

    /// <summary>The path while the file is written.</summary>
    public string Path => _stream.Name;

    /// <summary>The number of bytes of complete lines.</summary>
    public long Length { get; private set; }

    /// <summary>Whether part of a line could not be removed, so that nothing may follow it.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Whether the file is still where it was created: lines written to a deleted file are lost.</summary>
    public bool Exists => File.Exists(Path);

    /// <summary>Creates a file, with a lock that lasts until it is closed or the process ends.</summary>
    public static JournalFile Create(string folder, TimeProvider time)
    {
        for (var attempt = 1; ; attempt++)
        {
            var path = System.IO.Path.Combine(folder, JournalName.Create(time.GetUtcNow()) + JournalName.Open);
            try
            {
                var file = new JournalFile(OwnerOnly.Open(path, FileMode.CreateNew));
                if (file.Exists || attempt == MaxAttempts)
                {
                    return file;
                }

                // On Unix a file is first created and then locked: in between, another process may mistake it for one that was left open, and delete it.
                file.Dispose();
            }
            catch (IOException exception) when (attempt < MaxAttempts && exception is not DirectoryNotFoundException)
            {
                // The other process locked it in between, and may have deleted it by now.
            }
        }
    }

    /// <summary>Appends lines.</summary>
    /// <exception cref="IOException">They could not be written; none of them is in the file, unless it is <see cref="IsDamaged"/>.</exception>
    public void Append(ReadOnlySpan<byte> lines, FileDurability durability)
    {
        try
        {
            _stream.Write(lines);
            if (durability == FileDurability.Disk)
            {
                _stream.Flush(flushToDisk: true);
            }
        }
        catch (Exception)
        {
            Undo();
            throw;
        }

        Length += lines.Length;
    }

    /// <summary>Waits until everything is on the disk.</summary>
    public void Flush() => _stream.Flush(flushToDisk: true);

    /// <summary>Closes the file and gives it the name of a finished file, or deletes it if it is empty.</summary>
    public void Finish(FileDurability durability)
    {
        if (durability == FileDurability.Disk)
        {
            Flush();
        }

        if (OperatingSystem.IsWindows())
        {
            // An open file cannot be renamed. Elsewhere it is renamed while it is locked, so that nobody takes it for one that was left open.
            Dispose();
        }

        try
        {
            Finish(Path, Length);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Finishes a file that its process left open, without the line that was cut when the process ended.</summary>
    /// <returns>The number of bytes that were cut; null if there is nothing to do, or a running process is writing or reading the file.</returns>
    public static long? TryRecover(string path)
    {
        if (IsBeingCreated(path))
        {
            return null;
        }

        long length;
        long cut;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            if (!File.Exists(path))
            {
                // Between opening and locking it, its process finished it.
                return null;
            }

            length = EndOfLastLine(file);
            cut = file.Length - length;
            if (cut > 0)
            {
                file.SetLength(length);
                file.Flush(flushToDisk: true);
            }

            if (length == 0 && !OperatingSystem.IsWindows())
            {
                // While it is locked, so that its process finds out if it has only just created it. On Windows a file is created and locked at once.
                File.Delete(path);
                return cut > 0 ? cut : null;
            }
        }
        catch (IOException) when (IsInUseOrGone(path))
        {
            return null;
        }

        Finish(path, length);
        return cut;
    }

    /// <summary>Compares with the clock of the system, which file times come from.</summary>
    private static bool IsBeingCreated(string path) =>
        new FileInfo(path) is { Exists: true, Length: 0 } file && (TimeProvider.System.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc).Duration() < YoungestLeftover;

    /// <summary>Closes the file but keeps the name of an open one, as if the process had ended.</summary>
    public void Dispose() => _stream.Dispose();

    private static void Finish(string path, long length)
    {
        try
        {
            if (length == 0)
            {
                File.Delete(path);
            }
            else
            {
                File.Move(path, JournalName.Finished(path));
            }
        }
        catch (FileNotFoundException)
        {
            // It was deleted or moved, or another process finished it first, which can find it unlocked on Windows.
        }
    }

    private void Undo()
    {
        try
        {
            _stream.SetLength(Length);
            _stream.Position = Length;
        }
        catch (Exception)
        {
            IsDamaged = true;
        }
    }

    /// <summary>Whether a file could not be locked because a process has it open or has just finished it, and not because the disk failed.</summary>
    private static bool IsInUseOrGone(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return file.Length >= 0;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
    }

    /// <summary>Returns the length of the complete lines.</summary>
    private static long EndOfLastLine(FileStream file)
    {
        var block = new byte[64 * 1024];
        for (var end = file.Length; end > 0;)
        {
            var start = Math.Max(0, end - block.Length);
            file.Position = start;
            var part = block.AsSpan(0, (int)(end - start));
            file.ReadExactly(part);
            if (part.LastIndexOf((byte)'\n') is var index and >= 0)
            {
                return start + index + 1;
            }

            end = start;
        }

        return 0;
    }
}
