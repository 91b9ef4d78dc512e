using System.Text;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>What a coordinator holds of one partition of an experiment. It is kept apart from the experiment's own state, which would be too large for a message with all of them.</summary>
internal sealed class CountedPartition
{
    private const byte FormatVersion = 1;

    /// <summary>Ids that are remembered. Instances that do not know yet that they have lost a partition are soon gone.</summary>
    private const int MaxFormer = 16;

    private readonly List<Guid> _formerStores = [];
    private readonly List<Guid> _formerSessions = [];

    /// <summary>Begins with a partition that nothing is known of.</summary>
    /// <param name="number">The partition.</param>
    /// <param name="store">The id of its store.</param>
    public CountedPartition(int number, Guid store) => Latest = new PartitionReport { Partition = number, Store = store, Session = Guid.Empty, Number = 0, Runs = [], Builds = [], Tallies = TallyReport.None };

    private CountedPartition(PartitionReport latest) => Latest = latest;

    /// <summary>All reports of its store, joined.</summary>
    public PartitionReport Latest { get; private set; }

    /// <summary>What had been counted when the experiment was reset last, and does not count since.</summary>
    public IReadOnlyList<RunReport> Baseline { get; private set; } = [];

    /// <summary>The number of resets that <see cref="Baseline"/> is of.</summary>
    public int Resets { get; private set; }

    /// <summary>Whether a report is of a store that was lost: it comes from an instance that does not know yet that it has lost the partition.</summary>
    public bool IsOfFormerStore(PartitionReport report) => _formerStores.Contains(report.Store);

    /// <summary>Starts over with another store, whose subjects are counted from zero.</summary>
    public void Replace(Guid store, int resets)
    {
        Remember(_formerStores, Latest.Store);
        Latest = Latest with { Store = store, Runs = [] };
        (Baseline, Resets) = ([], resets);
    }

    /// <summary>Joins a report: each count only grows, so the larger one is the later one.</summary>
    /// <returns>The tallies of the exposures that it adds.</returns>
    public TallyReport Join(PartitionReport report)
    {
        var isLate = _formerSessions.Contains(report.Session);
        var isSameSession = report.Session == Latest.Session;
        if (!isLate && !isSameSession && Latest.Number > 0)
        {
            Remember(_formerSessions, Latest.Session);
        }

        var isNewest = !isLate && (!isSameSession || report.Number >= Latest.Number);
        var before = isSameSession ? Latest.Tallies : TallyReport.None;
        var after = before.Join(report.Tallies);
        var runs = Latest.Runs.Concat(report.Runs).GroupBy(static run => run.KeyId ?? string.Empty, StringComparer.Ordinal).Select(runs => Join([.. runs], isNewest)).OrderBy(static run => run.Since).TakeLast(MonitoredExperiment.MaxOpenRuns);
        Latest = (isNewest ? report : Latest) with { Runs = [.. runs], Tallies = isLate ? Latest.Tallies : after };
        return isLate ? TallyReport.None : after.Subtract(before);
    }

    /// <summary>Sets what does not count because it was counted before a reset.</summary>
    public void SetBaseline(int resets) => (Baseline, Resets) = (Latest.Runs, resets);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is of another version, or damaged.</exception>
    public static CountedPartition Read(byte[] bytes)
    {
        try
        {
            using var reader = new BinaryReader(Compressed.Read(bytes), Encoding.UTF8);
            if (reader.ReadByte() is var version and not FormatVersion)
            {
                throw new FormatException($"It has format {version}, but this version reads format {FormatVersion}.");
            }

            var partition = new CountedPartition(ReportFormat.Read(ReadBlock(reader)));
            partition.Baseline = ReportFormat.Read(ReadBlock(reader)).Runs;
            partition.Resets = reader.ReadInt32();
            ReadIds(reader, partition._formerStores);
            ReadIds(reader, partition._formerSessions);
            return partition;
        }
        catch (Exception exception) when (exception is FormatException or IOException or ArgumentException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <summary>Writes all of it for the state store.</summary>
    public byte[] ToBytes() => Compressed.Write(stream =>
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(FormatVersion);
        WriteBlock(writer, ReportFormat.Write(Latest));
        WriteBlock(writer, ReportFormat.Write(Latest with { Runs = Baseline, Builds = [], Tallies = TallyReport.None }));
        writer.Write(Resets);
        WriteIds(writer, _formerStores);
        WriteIds(writer, _formerSessions);
    });

    /// <summary>Moves are no totals that only grow, so they are those of the newest report.</summary>
    private static RunReport Join(RunReport[] runs, bool isNewest) => runs.Length == 1 ? runs[0] : (isNewest ? runs[1] : runs[0]) with
    {
        Since = runs.Min(static run => run.Since),
        Counts = [.. runs.SelectMany(static run => run.Counts).GroupBy(static count => (count.Segment, count.Version, count.Variant)).Select(static counts => counts.MaxBy(static count => count.Subjects)!)],
    };

    private static void Remember(List<Guid> ids, Guid id)
    {
        if (ids.Count == MaxFormer)
        {
            ids.RemoveAt(0);
        }

        ids.Add(id);
    }

    private static void WriteBlock(BinaryWriter writer, byte[] block)
    {
        writer.Write(block.Length);
        writer.Write(block);
    }

    private static byte[] ReadBlock(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        return length >= 0 && length <= reader.BaseStream.Length - reader.BaseStream.Position ? reader.ReadBytes(length) : throw new EndOfStreamException("It ends too early.");
    }

    private static void WriteIds(BinaryWriter writer, List<Guid> ids)
    {
        writer.Write((byte)ids.Count);
        ids.ForEach(id => writer.Write(id.ToByteArray()));
    }

    private static void ReadIds(BinaryReader reader, List<Guid> ids)
    {
        for (var left = reader.ReadByte(); left > 0; left--)
        {
            ids.Add(new Guid(reader.ReadBytes(16)));
        }
    }
}
