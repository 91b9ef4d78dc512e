using System.IO.Compression;

namespace ExperimentFramework.DataPlane;

/// <summary>The file of one partition, which may be closed and continued.</summary>
internal sealed class PartitionFile : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly FileStream _file;
    private readonly BufferedStream _lines;
    private readonly GZipStream? _gzip;

    /// <summary>Opens a file at its end; creates it if it does not exist.</summary>
    public PartitionFile((string Experiment, DateOnly Date) key, string path, FileCompression compression)
    {
        Key = key;
        _file = OwnerOnly.Open(path, FileMode.Append);

        // Parts that were compressed one after the other also form a valid gzip file.
        _gzip = compression == FileCompression.Gzip ? new GZipStream(_file, CompressionLevel.Optimal, leaveOpen: true) : null;
        _lines = new BufferedStream(_gzip ?? (Stream)_file, BufferBytes);
    }

    public (string Experiment, DateOnly Date) Key { get; }

    public void Append(ReadOnlySpan<byte> line)
    {
        _lines.Write(line);
        _lines.WriteByte((byte)'\n');
    }

    public void Dispose()
    {
        using (_file)
        using (_gzip)
        {
            _lines.Flush();
        }
    }
}
