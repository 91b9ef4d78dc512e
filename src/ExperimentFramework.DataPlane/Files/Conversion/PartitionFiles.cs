using System.Buffers;
using System.IO.Compression;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Writes lines to the files of their partitions. Lines wait in memory, so that a file is opened for many of them at once, and only one is open at a time, however many there are.
/// </summary>
/// <param name="folder">The folder of all partitions.</param>
/// <param name="fileName">The name of each file.</param>
/// <param name="compression">How they are compressed.</param>
internal sealed class PartitionFiles(string folder, string fileName, FileCompression compression)
{
    /// <summary>The most bytes of lines that wait in memory.</summary>
    public const int MaxWaitingBytes = 16 * 1024 * 1024;

    /// <summary>The lines by partition; those without one by no experiment.</summary>
    private readonly Dictionary<(string? Experiment, DateOnly Date), ArrayBufferWriter<byte>> _waiting = [];
    private long _bytes;

    /// <summary>Appends a line to the file of its partition, or to a separate file if it has no partition.</summary>
    /// <exception cref="IOException">A file could not be written, for example because the disk is full.</exception>
    public void Append((string Experiment, DateOnly Date)? partition, ReadOnlySpan<byte> line)
    {
        (string?, DateOnly) key = partition ?? default;
        if (!_waiting.TryGetValue(key, out var lines))
        {
            _waiting.Add(key, lines = new ArrayBufferWriter<byte>(line.Length + 1));
        }

        lines.Write(line);
        lines.Write("\n"u8);
        _bytes += line.Length + 1;
        if (_bytes >= MaxWaitingBytes)
        {
            Write();
        }
    }

    /// <summary>Writes the lines that wait.</summary>
    /// <exception cref="IOException">A file could not be written, for example because the disk is full.</exception>
    public void Write()
    {
        foreach (var ((experiment, date), lines) in _waiting)
        {
            Write(experiment is null ? PartitionName.Unreadable : PartitionName.Of(experiment, date), lines.WrittenSpan);
        }

        _waiting.Clear();
        _bytes = 0;
    }

    private void Write(string name, ReadOnlySpan<byte> lines)
    {
        var path = Path.Combine(folder, name);
        OwnerOnly.CreateFolder(path);
        using var file = OwnerOnly.Open(Path.Combine(path, fileName), FileMode.Append);
        if (compression == FileCompression.Gzip)
        {
            // Parts that were compressed one after the other also form a valid gzip file.
            using var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            gzip.Write(lines);
        }
        else
        {
            file.Write(lines);
        }
    }
}
