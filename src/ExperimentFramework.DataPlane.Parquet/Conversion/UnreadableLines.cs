namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Keeps the lines of a journal file that are not events in a separate file, which exists only if there are any.</summary>
/// <param name="path">The path of the file.</param>
internal sealed class UnreadableLines(string path) : IDisposable
{
    private readonly string _temporary = path + JournalName.Temporary;
    private FileStream? _file;
    private long _count;

    public string Path => path;

    public void Add(ReadOnlySpan<byte> line)
    {
        if (_file is null)
        {
            OwnerOnly.CreateFolder(System.IO.Path.GetDirectoryName(path)!);
            _file = OwnerOnly.Open(_temporary, FileMode.Create);
        }

        _file.Write(line);
        _file.Write("\n"u8);
        _count++;
    }

    /// <summary>Gives the file its final name.</summary>
    /// <returns>The number of lines.</returns>
    public long Finish()
    {
        if (_file is not null)
        {
            _file.Flush(flushToDisk: true);
            _file.Dispose();
            _file = null;
            File.Move(_temporary, path, overwrite: true);
        }

        return _count;
    }

    public void Dispose() => _file?.Dispose();
}
