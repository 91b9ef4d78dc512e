using System.Text;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Writes and reads reports: each name once, and numbers in as few bytes as they need.</summary>
internal static class ReportFormat
{
    /// <summary>The version of the format. A reader refuses others.</summary>
    private const byte FormatVersion = 1;

    /// <summary>The most items that one list may have.</summary>
    private const int MaxItems = 1 << 24;

    /// <summary>The bytes of a row besides its names: three indices and a count.</summary>
    private const int RowBytes = 20;

    /// <summary>Writes a report.</summary>
    public static byte[] Write(PartitionReport report)
    {
        using var body = new MemoryStream();
        NameTable names = new();
        using (var writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true))
        {
            Write(writer, report, names);
        }

        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(FormatVersion);
            writer.Write7BitEncodedInt(names.All.Count);
            foreach (var name in names.All)
            {
                writer.Write(name);
            }

            body.WriteTo(stream);
        }

        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Write(PartitionReport)"/> wrote.</summary>
    /// <exception cref="FormatException">It is of another version, or damaged.</exception>
    /// <exception cref="EndOfStreamException">It ends too early.</exception>
    public static PartitionReport Read(ReadOnlySpan<byte> bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes.ToArray(), writable: false), Encoding.UTF8);
        if (reader.ReadByte() is var version and not FormatVersion)
        {
            throw new FormatException($"It has format {version}, but this version reads format {FormatVersion}.");
        }

        return Read(reader, ReadAll(reader, static reader => reader.ReadString()));
    }

    /// <summary>Splits a report into parts of about a size.</summary>
    /// <param name="report">The report.</param>
    /// <param name="bytes">The size, in bytes, of what counts take in a part.</param>
    public static IEnumerable<PartitionReport> Split(PartitionReport report, int bytes)
    {
        List<RunReport> part = [];
        var size = 0;
        foreach (var run in report.Runs)
        {
            HashSet<string> names = new(StringComparer.Ordinal);
            List<SubjectCount> counts = [];
            foreach (var count in run.Counts)
            {
                size += RowBytes + BytesOf(count.Segment) + BytesOf(count.Version) + BytesOf(count.Variant);
                counts.Add(count);
                if (size >= bytes)
                {
                    yield return report with { Runs = [.. part, run with { Counts = counts }], IsComplete = false };
                    (part, counts, size) = ([], [], 0);
                    names.Clear();
                }
            }

            part.Add(run with { Counts = counts });

            int BytesOf(string? name) => name is not null && names.Add(name) ? 2 + Encoding.UTF8.GetByteCount(name) : 0;
        }

        yield return report with { Runs = part };
    }

    private static void Write(BinaryWriter writer, PartitionReport report, NameTable names)
    {
        writer.Write7BitEncodedInt(report.Partition);
        writer.Write(report.Store.ToByteArray());
        writer.Write(report.Session.ToByteArray());
        writer.Write7BitEncodedInt64(report.Number);
        writer.Write(report.IsComplete);
        WriteAll(writer, report.Builds, static (writer, build) => writer.Write(build.ToByteArray()));
        var tallies = report.Tallies;
        writer.Write7BitEncodedInt64(tallies.Exposures);
        writer.Write7BitEncodedInt64(tallies.WithSubject);
        writer.Write7BitEncodedInt64(tallies.WithVersion);
        writer.Write7BitEncodedInt64(tallies.Repeats);
        writer.Write(tallies.LastExposure.UtcTicks);
        foreach (var counts in new[] { tallies.ByVariant, tallies.Fallbacks, tallies.Excluded, tallies.Reasons })
        {
            WriteAll(writer, [.. counts], (writer, count) =>
            {
                writer.Write7BitEncodedInt(names.IndexOf(count.Key));
                writer.Write7BitEncodedInt64(count.Value);
            });
        }

        WriteAll(writer, report.Runs, (writer, run) => Write(writer, run, names));
    }

    private static void Write(BinaryWriter writer, RunReport run, NameTable names)
    {
        writer.Write7BitEncodedInt(names.IndexOf(run.KeyId));
        writer.Write(run.Since.UtcTicks);
        writer.Write7BitEncodedInt64(run.Crossovers);
        writer.Write7BitEncodedInt64(run.Explained);
        writer.Write7BitEncodedInt64(run.Exposures.Total);
        writer.Write(run.Exposures.Leader);
        writer.Write7BitEncodedInt64(run.Exposures.Lead);
        WriteAll(writer, run.Counts, (writer, count) =>
        {
            writer.Write7BitEncodedInt(names.IndexOf(count.Segment));
            writer.Write7BitEncodedInt(names.IndexOf(count.Version));
            writer.Write7BitEncodedInt(names.IndexOf(count.Variant));
            writer.Write7BitEncodedInt64(count.Subjects);
        });
    }

    private static PartitionReport Read(BinaryReader reader, IReadOnlyList<string> names)
    {
        var partition = reader.Read7BitEncodedInt();
        var (store, session) = (new Guid(reader.ReadBytes(16)), new Guid(reader.ReadBytes(16)));
        var (number, isComplete) = (reader.Read7BitEncodedInt64(), reader.ReadBoolean());
        var builds = ReadAll(reader, static reader => new Guid(reader.ReadBytes(16)));
        var (exposures, withSubject, withVersion, repeats) = (ReadCount(reader), ReadCount(reader), ReadCount(reader), ReadCount(reader));
        return new PartitionReport
        {
            Partition = partition,
            Store = store,
            Session = session,
            Number = number,
            IsComplete = isComplete,
            Builds = builds,
            Tallies = new TallyReport
            {
                Exposures = exposures,
                WithSubject = withSubject,
                WithVersion = withVersion,
                Repeats = repeats,
                LastExposure = ReadTime(reader),
                ByVariant = ReadCounts(reader, names),
                Fallbacks = ReadCounts(reader, names),
                Excluded = ReadCounts(reader, names),
                Reasons = ReadCounts(reader, names),
            },
            Runs = ReadAll(reader, reader => ReadRun(reader, names)),
        };
    }

    private static RunReport ReadRun(BinaryReader reader, IReadOnlyList<string> names) => new()
    {
        KeyId = ReadName(reader, names),
        Since = ReadTime(reader),
        Crossovers = reader.Read7BitEncodedInt64(),
        Explained = reader.Read7BitEncodedInt64(),
        Exposures = (ReadCount(reader), reader.ReadUInt64(), ReadCount(reader)),
        Counts = ReadAll(reader, reader => new SubjectCount(ReadName(reader, names), Required(ReadName(reader, names)), Required(ReadName(reader, names)), ReadCount(reader))),
    };

    private static Dictionary<string, long> ReadCounts(BinaryReader reader, IReadOnlyList<string> names) =>
        new(ReadAll(reader, reader => KeyValuePair.Create(Required(ReadName(reader, names)), ReadCount(reader))), StringComparer.Ordinal);

    private static string? ReadName(BinaryReader reader, IReadOnlyList<string> names) => reader.Read7BitEncodedInt() switch
    {
        0 => null,
        var index when index > 0 && index <= names.Count => names[index - 1],
        _ => throw new FormatException("A name is missing."),
    };

    private static string Required(string? name) => name ?? throw new FormatException("A name is missing.");

    private static long ReadCount(BinaryReader reader) => reader.Read7BitEncodedInt64() is >= 0 and var count ? count : throw new FormatException("A count is negative.");

    private static DateTimeOffset ReadTime(BinaryReader reader)
    {
        var ticks = reader.ReadInt64();
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks ? new DateTimeOffset(ticks, TimeSpan.Zero) : throw new FormatException("A time is out of range.");
    }

    private static void WriteAll<T>(BinaryWriter writer, IReadOnlyList<T> items, Action<BinaryWriter, T> write)
    {
        writer.Write7BitEncodedInt(items.Count);
        foreach (var item in items)
        {
            write(writer, item);
        }
    }

    private static List<T> ReadAll<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var count = reader.Read7BitEncodedInt();
        if (count is < 0 or > MaxItems)
        {
            throw new FormatException("A list is too long.");
        }

        List<T> items = [];
        for (var left = count; left > 0; left--)
        {
            items.Add(read(reader));
        }

        return items;
    }

    /// <summary>The names of a report, from 1; 0 is no name.</summary>
    private sealed class NameTable
    {
        private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);

        public List<string> All { get; } = [];

        public int IndexOf(string? name)
        {
            if (name is null)
            {
                return 0;
            }

            if (!_indices.TryGetValue(name, out var index))
            {
                All.Add(name);
                _indices.Add(name, index = All.Count);
            }

            return index;
        }
    }
}
