using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Benchmarks.Science;

/// <summary>What the experiment monitor costs: ten million exposures of three million subjects, and exposures of known ones.</summary>
internal static class MonitorBenchmark
{
    private const int Subjects = 3_000_000;
    private const int Exposures = 10_000_000;
    private const int BatchSize = 500;
    private const string Experiment = "checkout-pricing";

    private static int s_events;

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Table Measure()
    {
        var table = new Table("one exposure, as the monitor takes it", "ns of CPU", "bytes", "asked");
        var monitor = Declared();
        var (time, bytes) = CountBatches(monitor);
        table.Add($"of {Subjects / 1_000_000} million subjects in random order, {monitor.GetExperiments()[0].SubjectsHeld / 1_000} thousand of them held, in batches that were just made", Text(time), Text(bytes), "");
        (time, bytes) = CountBatches(monitor);
        table.Add("the same, once nearly all of them have been seen", Text(time), Text(bytes), "100 ns, 0 bytes");
        var envelopes = Enumerable.Range(0, Subjects).Select(Exposure).ToArray();
        var random = new Random(1);
        monitor = Declared();
        AddRow("of a new monitor, of events that are in no cache", () => monitor.Observe(envelopes[random.Next(Subjects)], Start), "");
        var next = 0;
        AddRow("of a thousand subjects that are known", () => monitor.Observe(envelopes[next++ & 1_023], Start), "0 bytes");
        return table;

        void AddRow(string name, Action observe, string asked)
        {
            // The events are the benchmark's own: what it costs to collect around them is not the monitor's.
            GC.Collect();
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var before = Environment.CpuUsage.TotalTime;
            for (var exposure = 0; exposure < Exposures; exposure++)
            {
                observe();
            }

            table.Add(name, Text((Environment.CpuUsage.TotalTime - before).TotalNanoseconds / Exposures), Text((GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)Exposures), asked);
        }
    }

    private static ExperimentMonitor Declared()
    {
        var monitor = new ExperimentMonitor();
        monitor.Observe(Declaration(), Start);
        return monitor;
    }

    /// <summary>Observes batches as a pipeline passes them on: their events are in the cache, because they were just made.</summary>
    private static (double Nanoseconds, double Bytes) CountBatches(ExperimentMonitor monitor)
    {
        var random = new Random(1);
        var batch = new DataPlaneEnvelope[BatchSize];
        var time = TimeSpan.Zero;
        var bytes = 0L;
        for (var seen = 0; seen < Exposures; seen += BatchSize)
        {
            for (var index = 0; index < BatchSize; index++)
            {
                batch[index] = Exposure(random.Next(Subjects));
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var before = Environment.CpuUsage.TotalTime;
            monitor.Observe(batch, Start);
            time += Environment.CpuUsage.TotalTime - before;
            bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
        }

        return (time.TotalNanoseconds / Exposures, bytes / (double)Exposures);
    }

    private static string Text(double value) => value.ToString("N1", CultureInfo.InvariantCulture);

    private static DataPlaneEnvelope Exposure(int subject) => Envelope(new ExposureEvent
    {
        ExperimentName = Experiment,
        Timestamp = Start,
        VariantKey = (subject * 0x9E3779B9u >> 16 & 1) == 0 ? "control" : "b",
        SubjectId = "user-" + subject.ToString(CultureInfo.InvariantCulture),
        SubjectType = "user",
        AllocationVersion = "v1",
        SelectionReason = SelectionReasons.HashAssignment,
    });

    private static DataPlaneEnvelope Declaration() => Envelope(new AnalysisSignalEvent
    {
        ExperimentName = Experiment,
        Timestamp = Start,
        SignalType = AnalysisSignalType.AllocationDeclared,
        Severity = SignalSeverity.Info,
        Message = "Declared.",
        Data = new Dictionary<string, object?> { ["allocationVersion"] = "v1", ["weight:control"] = 1.0, ["weight:b"] = 1.0 },
    });

    private static DataPlaneEnvelope Envelope(DataPlaneEvent payload) => new()
    {
        // As a pipeline makes them: the last digits are those of the producer.
        EventId = new Guid(s_events++, 0, 0, [0x80, 0, 0, 0x0A, 0x1B, 0x2C, 0x3D, 0x4E]),
        Timestamp = Start,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
    };
}
