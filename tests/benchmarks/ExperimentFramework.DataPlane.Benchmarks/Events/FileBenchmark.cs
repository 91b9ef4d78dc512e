using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;

namespace ExperimentFramework.DataPlane.Benchmarks.Events;

/// <summary>
/// What an event costs on its way into a file, in batches of 500, beside a bare loop that writes the same fields with a <see cref="Utf8JsonWriter"/> to a file and does nothing else.
/// </summary>
internal static class FileBenchmark
{
    private const int BatchSize = 500;
    private const int BatchesPerRound = 400;

    public static Table Measure(int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("dataplane-benchmark-").FullName;
        try
        {
            var envelopes = Envelopes();
            using var bare = new BareLoop(Path.Combine(folder, "bare.jsonl"));
            using var process = Open(folder, FileDurability.Process);
            using var disk = Open(folder, FileDurability.Disk);
            (string Name, Action<DataPlaneEnvelope[]> Write)[] ways =
            [
                ("a bare `Utf8JsonWriter` loop", bare.Write),
                ("`AddFileDataBackplane`, delivered when the operating system has it", batch => Publish(process, batch)),
                ("the same, delivered when the disk has it", batch => Publish(disk, batch)),
            ];
            var runs = ways.Select(_ => new List<(double Rate, double Bytes)>()).ToArray();

            // In turn, so that what else the machine does meets all of them; the first round is not counted.
            for (var round = 0; round <= rounds; round++)
            {
                for (var way = 0; way < ways.Length; way++)
                {
                    var run = Run(ways[way].Write, envelopes);
                    if (round > 0)
                    {
                        runs[way].Add(run);
                    }
                }
            }

            var table = new Table("one event to a file, in batches of 500", "thousand events/s of processor time", "of the bare loop", "bytes");
            var limit = runs[0].Max(run => run.Rate);
            for (var way = 0; way < ways.Length; way++)
            {
                var rate = runs[way].Max(run => run.Rate);
                table.Add(ways[way].Name, rate / 1e3, rate / limit, runs[way].Min(run => run.Bytes));
            }

            return table;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static FileDataBackplane Open(string folder, FileDurability durability) => new(
        Path.Combine(folder, durability.ToString()), new FileDataBackplaneOptions { Durability = durability, Compression = FileCompression.None, RetentionBytes = 256L * 1024 * 1024 });

    private static void Publish(FileDataBackplane backplane, DataPlaneEnvelope[] batch)
    {
        var published = backplane.PublishAsync(batch);
        if (!published.IsCompletedSuccessfully || published.GetAwaiter().GetResult().Error is not null)
        {
            throw new InvalidOperationException("A batch was not delivered.");
        }
    }

    /// <summary>By processor time, which repeats better than the clock on a machine that does other things too.</summary>
    private static (double Rate, double Bytes) Run(Action<DataPlaneEnvelope[]> write, DataPlaneEnvelope[] batch)
    {
        using var self = Process.GetCurrentProcess();
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var started = self.TotalProcessorTime;
        for (var i = 0; i < BatchesPerRound; i++)
        {
            write(batch);
        }

        self.Refresh();
        const double events = (double)BatchSize * BatchesPerRound;
        return (events / (self.TotalProcessorTime - started).TotalSeconds, (GC.GetAllocatedBytesForCurrentThread() - bytes) / events);
    }

    private static DataPlaneEnvelope[] Envelopes() => [.. Enumerable.Range(0, BatchSize).Select(i => new DataPlaneEnvelope
    {
        EventId = Guid.CreateVersion7(),
        Timestamp = DateTimeOffset.UnixEpoch.AddDays(20_000).AddTicks(i * 1_234_567L),
        EventType = DataPlaneEventType.Exposure,
        SchemaVersion = "1.1.0",
        Payload = new ExposureEvent
        {
            SchemaVersion = "1.1.0",
            ExperimentName = "checkout-pricing",
            VariantKey = i % 2 == 0 ? "control" : "dynamic",
            SubjectId = string.Create(CultureInfo.InvariantCulture, $"user-{i}"),
            SubjectType = "user",
            Timestamp = DateTimeOffset.UnixEpoch.AddDays(20_000).AddTicks(i * 1_234_567L),
            SelectionReason = SelectionReasons.HashAssignment,
        },
    })];

    /// <summary>The least that writing these events as JSON takes: the fields one after the other, a write for each batch.</summary>
    private sealed class BareLoop(string path) : IDisposable
    {
        private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        private readonly System.Buffers.ArrayBufferWriter<byte> _buffer = new(1 << 20);
        private readonly Utf8JsonWriter _json = new(Stream.Null, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

        public void Write(DataPlaneEnvelope[] batch)
        {
            _buffer.ResetWrittenCount();
            foreach (var envelope in batch)
            {
                _json.Reset(_buffer);
                Write(envelope, (ExposureEvent)envelope.Payload);
                _json.Flush();
                _buffer.GetSpan(1)[0] = (byte)'\n';
                _buffer.Advance(1);
            }

            _file.Write(_buffer.WrittenSpan);
        }

        public void Dispose()
        {
            _json.Dispose();
            _file.Dispose();
        }

        private void Write(DataPlaneEnvelope envelope, ExposureEvent exposure)
        {
            _json.WriteStartObject();
            _json.WriteString("eventId"u8, envelope.EventId);
            _json.WriteString("timestamp"u8, envelope.Timestamp);
            _json.WriteString("eventType"u8, "Exposure"u8);
            _json.WriteString("schemaVersion"u8, envelope.SchemaVersion);
            _json.WriteStartObject("payload"u8);
            _json.WriteString("eventType"u8, "Exposure"u8);
            _json.WriteString("schemaVersion"u8, exposure.SchemaVersion);
            _json.WriteString("experimentName"u8, exposure.ExperimentName);
            _json.WriteString("timestamp"u8, exposure.Timestamp);
            _json.WriteString("variantKey"u8, exposure.VariantKey);
            _json.WriteString("subjectId"u8, exposure.SubjectId);
            _json.WriteString("subjectType"u8, exposure.SubjectType);
            _json.WriteString("selectionReason"u8, exposure.SelectionReason);
            _json.WriteString("assignmentPolicy"u8, "BestEffort"u8);
            _json.WriteBoolean("isRepeatExposure"u8, exposure.IsRepeatExposure);
            _json.WriteNumber("samplingRate"u8, exposure.SamplingRate);
            _json.WriteEndObject();
            _json.WriteEndObject();
        }
    }
}
