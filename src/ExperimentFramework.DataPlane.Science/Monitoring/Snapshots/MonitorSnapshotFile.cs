using System.IO.Hashing;
using System.Text;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The file in which a monitor's state is saved. It is replaced atomically: a new file is written, flushed to disk and renamed. A second file keeps the run numbers, so that new runs have a smaller weight if the snapshot is lost.
/// </summary>
/// <param name="path">The path of the file.</param>
/// <param name="options">The options of the monitor.</param>
/// <param name="plans">The plans passed to the monitor.</param>
internal sealed class MonitorSnapshotFile(string path, ExperimentMonitorOptions options, IReadOnlyCollection<AnalysisPlan>? plans = null)
{
    private const string RunsExtension = ".runs";
    private const int HeaderLength = 8;
    private const int HashLength = 8;
    private const int BufferLength = 1 << 16;

    /// <summary>Writes the state of a monitor.</summary>
    /// <exception cref="IOException">The disk is full, or the file cannot be replaced. The previous file remains.</exception>
    /// <exception cref="UnauthorizedAccessException">The permissions of the folder do not allow it.</exception>
    public void Write(ExperimentMonitor monitor)
    {
        // Write the runs first: a crash between the two files can only make the weight of the next run too small, never too large.
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

    /// <summary>Reads the latest saved state.</summary>
    /// <param name="isOwner">False if another process writes the file. Then new runs are started after those in the file, and the file is not moved.</param>
    /// <returns>The monitor, and the fault; null if there was none.</returns>
    /// <exception cref="IOException">The file cannot be read at the moment, but may be intact.</exception>
    /// <exception cref="UnauthorizedAccessException">The permissions of the folder do not allow it.</exception>
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

    /// <summary>Reads the run numbers; empty if there is no file.</summary>
    public IReadOnlyList<RunNumber> ReadRuns() => File.Exists(path + RunsExtension) ? RunNumbers.Read(File.ReadAllBytes(path + RunsExtension)) : [];

    private List<(MonitoredExperiment Experiment, ReportedFindings Reported)> Parse()
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferLength);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        if (stream.Length < HeaderLength + HashLength || reader.ReadUInt32() != SnapshotWriter.Magic)
        {
            throw new FormatException("The file is not a snapshot, or it is truncated.");
        }

        var version = reader.ReadInt32();
        if (version != SnapshotWriter.FormatVersion)
        {
            throw new FormatException($"The snapshot has format {version}, but this version of the monitor reads format {SnapshotWriter.FormatVersion}.");
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

    /// <summary>Only the owner may read the file: the subjects are hashed, but the names of experiments, tenants and attributes are not.</summary>
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
/// <param name="SetAside">The path to which it was moved; null if there was no file.</param>
internal sealed record SnapshotFault(string Reason, string? SetAside);
