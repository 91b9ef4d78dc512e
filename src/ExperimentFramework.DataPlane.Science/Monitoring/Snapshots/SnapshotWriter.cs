using System.IO.Hashing;
using System.Text;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Writes the state of experiments in a binary format: a header, a block for each experiment, and the XxHash3 of everything before it.</summary>
internal sealed class SnapshotWriter
{
    /// <summary>The first bytes of every snapshot: "EFDM".</summary>
    public const uint Magic = 0x4D444645;

    /// <summary>The version of the format. Readers reject unknown versions.</summary>
    public const int FormatVersion = 13;

    /// <summary>Marks that the block of another experiment follows.</summary>
    public const byte MoreExperiments = 1;

    public const byte NoMoreExperiments = 0;

    private readonly Stream _stream;
    private readonly XxHash3 _hash = new();

    /// <summary>Begins a snapshot.</summary>
    /// <param name="stream">The stream to write to.</param>
    public SnapshotWriter(Stream stream)
    {
        _stream = stream;
        Append(static writer =>
        {
            writer.Write(Magic);
            writer.Write(FormatVersion);
        });
    }

    /// <summary>Encodes an experiment. Its state must not change during the call. Pass the result to <see cref="Add"/>, at any time.</summary>
    public static ArraySegment<byte> Encode(MonitoredExperiment experiment, ReportedFindings reported)
    {
        var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(MoreExperiments);
            Write(writer, experiment, reported);
        }

        return new ArraySegment<byte>(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Adds an encoded experiment.</summary>
    public void Add(ReadOnlySpan<byte> block)
    {
        _hash.Append(block);
        _stream.Write(block);
    }

    /// <summary>Ends the snapshot.</summary>
    public void Complete()
    {
        Append(static writer => writer.Write(NoMoreExperiments));
        Span<byte> hash = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(hash, _hash.GetCurrentHashAsUInt64());
        _stream.Write(hash);
    }

    private void Append(Action<BinaryWriter> write)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        write(writer);
        writer.Flush();
        Add(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static void Write(BinaryWriter writer, MonitoredExperiment experiment, ReportedFindings reported)
    {
        writer.Write(experiment.Name);
        writer.Write(experiment.LastRun);
        writer.Write(experiment.EndedLogPValue);
        WriteAll(writer, experiment.Variants, static (writer, variant) => writer.Write(variant));
        WriteAll(writer, experiment.Plans, static (writer, declared) =>
        {
            writer.Write(declared.Version);
            writer.Write(declared.Plan.Variants.Length);
            for (var index = 0; index < declared.Plan.Variants.Length; index++)
            {
                writer.Write(declared.Plan.Variants[index]);
                writer.Write(declared.Plan.Weights[index]);
            }
        });
        experiment.Lost.Write(writer);
        Write(writer, experiment.Tallies);
        WriteAll(writer, [.. experiment.Undeclared.All], static (writer, undeclared) =>
        {
            writer.Write(undeclared.Key);
            writer.Write(undeclared.Value.Since.UtcTicks);
            writer.Write(undeclared.Value.Exposures);
        });
        writer.Write((int)reported.SampleRatio);
        writer.Write(reported.NotTestable ?? string.Empty);
        WriteAll(writer, reported.UndeclaredVersions, static (writer, version) => writer.Write(version));
        WriteAll(writer, reported.Untaken, static (writer, signal) => writer.Write(DataPlaneJson.Serialize(new DataPlaneEnvelope
        {
            EventId = Guid.Empty,
            Timestamp = signal.Timestamp,
            EventType = signal.EventType,
            SchemaVersion = signal.SchemaVersion,
            Payload = signal,
        })));
        PlanFormat.Write(writer, experiment.Plan);
        WriteAll(writer, experiment.OpenRuns, (writer, run) =>
        {
            writer.Write(run == experiment.CurrentRun);
            Write(writer, run);
        });
    }

    private static void Write(BinaryWriter writer, ExposureTallies tallies)
    {
        writer.Write(tallies.Exposures);
        writer.Write(tallies.WithSubject);
        writer.Write(tallies.WithVersion);
        writer.Write(tallies.Repeats);
        writer.Write(tallies.LastExposure.UtcTicks);
        Write(writer, tallies.Fallbacks);
        Write(writer, tallies.ByVariant);
        WriteAll(writer, [.. tallies.Excluded], WriteCount);
        WriteAll(writer, [.. tallies.Reasons], WriteCount);
        WriteAll(writer, [.. tallies.Rates], static (writer, rate) =>
        {
            writer.Write(rate.Key);
            writer.Write(rate.Value);
        });

        static void WriteCount(BinaryWriter writer, KeyValuePair<string, long> count)
        {
            writer.Write(count.Key);
            writer.Write(count.Value);
        }
    }

    private static void Write(BinaryWriter writer, MonitorRun run)
    {
        writer.Write(run.Number);
        writer.Write(run.KeyId is not null);
        writer.Write(run.KeyId ?? string.Empty);
        writer.Write(run.StartedAt.UtcTicks);
        writer.Write(run.Day.DayNumber);
        run.Clock.Write(writer);
        writer.Write(run.SupLogEValue);
        writer.Write(run.NewSubjects);
        writer.Write(run.OldestVersion);
        writer.Write(run.AddedVersions);
        writer.Write(run.HasCrossovers);
        writer.Write(run.Exposures.Total);
        writer.Write(run.Exposures.Leader);
        writer.Write(run.Exposures.Lead);
        run.Recent.Write(writer);
        WriteAll(writer, run.Versions, static (writer, version) => writer.Write(version));
        WriteAll(writer, [.. run.Builds], static (writer, build) => writer.Write(build.ToByteArray()));
        Write(writer, run.Counts, run.Versions.Count);
        writer.Write(run.Starts.LastNumber);
        writer.Write(run.Starts.All.Count);
        foreach (var start in run.Starts.All)
        {
            writer.Write(start.Number);
            writer.Write(start.Time.UtcTicks);
            writer.Write((int)start.Cause);
            Write(writer, start.Counts, run.Versions.Count);
        }

        writer.Write(run.Segments.All.Count);
        foreach (var (name, counts) in run.Segments.All)
        {
            writer.Write(name);
            Write(writer, counts, run.Versions.Count);
        }

        PlanFormat.Write(writer, run.Progress);
        writer.Write(run.Subjects.Halvings);
        writer.Write(run.Subjects.Count);
        foreach (var slot in run.Subjects.Occupied)
        {
            writer.Write(slot);
        }

        run.Outcomes.Write(writer);
    }

    private static void Write(BinaryWriter writer, VersionedCounts counts, int versions)
    {
        writer.Write(counts.RetiredLogEValue);
        for (var version = 0; version < versions; version++)
        {
            Write(writer, counts[version]);
        }
    }

    private static void Write(BinaryWriter writer, ReadOnlySpan<long> counts)
    {
        writer.Write((byte)counts.Length);
        foreach (var count in counts)
        {
            writer.Write(count);
        }
    }

    private static void WriteAll<T>(BinaryWriter writer, IReadOnlyList<T> items, Action<BinaryWriter, T> write)
    {
        writer.Write(items.Count);
        foreach (var item in items)
        {
            write(writer, item);
        }
    }
}
