using System.IO.Hashing;
using System.Text;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The file that a monitor's state is kept in, replaced whole: written next to it, flushed to the disk, renamed. A second file keeps the numbers of the runs, so that a lost snapshot starts new runs that weigh less.
/// </summary>
/// <param name="path">The path of the file.</param>
/// <param name="options">The bounds of the monitor.</param>
/// <param name="plans">The plans that are given to the monitor.</param>
internal sealed class MonitorSnapshotFile(string path, ExperimentMonitorOptions options, IReadOnlyCollection<AnalysisPlan>? plans = null)
{
    private const string RunsExtension = ".runs";
    private const int HeaderLength = 8;
    private const int HashLength = 8;
    private const int BufferLength = 1 << 16;

    /// <summary>Writes the state of a monitor.</summary>
    /// <exception cref="IOException">The disk is full, or the file cannot be replaced; the one before remains.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not permit it.</exception>
    public void Write(ExperimentMonitor monitor)
    {
        // The runs first: a crash in between makes the next run weigh less than it could, never more.
        Replace(path + RunsExtension, stream => RunNumbers.Write(stream, monitor.GetRunNumbers()));
        Replace(path, stream =>
        {
            var writer = new SnapshotWriter(stream);
            foreach (var block in monitor.Read(SnapshotWriter.Encode))
            {
                writer.Add(block);
            }

            writer.Complete();
        });
    }

    /// <summary>Reads the state that was written last.</summary>
    /// <param name="isOwner">False if another process writes the file: then its runs are followed by new ones, and it stays where it is.</param>
    /// <returns>The monitor, and what went wrong; null if nothing did.</returns>
    /// <exception cref="IOException">The file cannot be read now, although it may be whole.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not permit it.</exception>
    public (ExperimentMonitor Monitor, SnapshotFault? Fault) Read(bool isOwner = true)
    {
        var monitor = new ExperimentMonitor(options, plans);
        SnapshotFault? fault = null;
        if (isOwner && File.Exists(path))
        {
            try
            {
                monitor.Restore(Parse());
                return (monitor, null);
            }
            catch (Exception exception) when (exception is FormatException or EndOfStreamException or ArgumentException or System.Text.Json.JsonException)
            {
                fault = SetAside(exception.Message);
                monitor = new ExperimentMonitor(options, plans);
            }
        }

        if (File.Exists(path + RunsExtension))
        {
            monitor.StartOver(ReadRuns());
            fault ??= isOwner ? new SnapshotFault("The snapshot is missing.", null) : null;
        }

        return (monitor, fault);
    }

    /// <summary>Reads the numbers of the runs; none if there is no file.</summary>
    public IReadOnlyList<RunNumber> ReadRuns() => File.Exists(path + RunsExtension) ? RunNumbers.Read(File.ReadAllBytes(path + RunsExtension)) : [];

    private List<(MonitoredExperiment Experiment, ReportedFindings Reported)> Parse()
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferLength);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        if (stream.Length < HeaderLength + HashLength || reader.ReadUInt32() != SnapshotWriter.Magic)
        {
            throw new FormatException("The file is no snapshot, or was cut off.");
        }

        var version = reader.ReadInt32();
        if (version != SnapshotWriter.FormatVersion)
        {
            throw new FormatException($"The snapshot has format {version}, but this version reads format {SnapshotWriter.FormatVersion}.");
        }

        stream.Position = 0;
        var hash = HashOf(stream, stream.Length - HashLength);
        if (hash != reader.ReadUInt64())
        {
            throw new FormatException("The snapshot is damaged: its hash does not match its content.");
        }

        stream.Position = HeaderLength;
        return [.. new SnapshotReader(reader, options).ReadAll()];
    }

    private static ulong HashOf(Stream stream, long length)
    {
        var hash = new XxHash3();
        var buffer = new byte[BufferLength];
        while (length > 0)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(length, buffer.Length));
            stream.ReadExactly(part);
            hash.Append(part);
            length -= part.Length;
        }

        return hash.GetCurrentHashAsUInt64();
    }

    private SnapshotFault SetAside(string reason)
    {
        for (var number = 1; ; number++)
        {
            var aside = $"{path}.damaged-{number}";
            if (!File.Exists(aside))
            {
                File.Move(path, aside);
                return new SnapshotFault(reason, aside);
            }
        }
    }

    private static void Replace(string target, Action<Stream> write)
    {
        var temporary = target + ".tmp";
        using (var stream = new FileStream(temporary, CreateNew()))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, target, overwrite: true);
    }

    /// <summary>Only the owner may read: the subjects are hashes, but the names of experiments, tenants and attributes are not.</summary>
    private static FileStreamOptions CreateNew()
    {
        var create = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return create;
    }
}

/// <summary>Why a snapshot could not be used.</summary>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="SetAside">Where it was moved to; null if there was none.</param>
internal sealed record SnapshotFault(string Reason, string? SetAside);
