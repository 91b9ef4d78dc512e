using System.Diagnostics;
using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Benchmarks.Science;

/// <summary>What the experiment monitor costs: ten million exposures of three million subjects, and exposures of known ones.</summary>
internal static class MonitorBenchmark
{
    private const int Subjects = 3_000_000;
    private const int Exposures = 10_000_000;
    private const string Experiment = "checkout-pricing";

    private static long s_sink;
    private static int s_events;

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Table Measure()
    {
        var envelopes = Envelopes(Subjects);
        var monitor = new ExperimentMonitor();
        monitor.Observe(Declaration(), Start);
        var random = new Random(1);
        var (time, bytes) = Count(() =>
        {
            for (var exposure = 0; exposure < Exposures; exposure++)
            {
                monitor.Observe(envelopes[random.Next(Subjects)], Start);
            }
        });
        var memory = Count(() =>
        {
            for (var exposure = 0; exposure < Exposures; exposure++)
            {
                s_sink += ((ExposureEvent)envelopes[random.Next(Subjects)].Payload).SubjectId![^1];
            }
        });
        var known = Count(() =>
        {
            for (var exposure = 0; exposure < Exposures; exposure++)
            {
                monitor.Observe(envelopes[exposure & 1_023], Start);
            }
        });
        var status = monitor.GetExperiments()[0];
        var table = new Table("one exposure, as the monitor takes it", "ns of CPU", "bytes", "asked");
        table.Add($"of {Subjects / 1_000_000} million subjects in random order, {status.SubjectsHeld / 1_000} thousand of them held", Text(time / Exposures), Text(bytes / (double)Exposures), "100 ns");
        table.Add("what of it is fetching the event from memory, in any order", Text(memory.Nanoseconds / Exposures), Text(memory.Bytes / (double)Exposures), "");
        table.Add("of a thousand subjects that are known", Text(known.Nanoseconds / Exposures), Text(known.Bytes / (double)Exposures), "0 bytes");
        return table;
    }

    private static string Text(double value) => value.ToString("N1", CultureInfo.InvariantCulture);

    private static (double Nanoseconds, long Bytes) Count(Action run)
    {
        // The events are the benchmark's own: what it costs to collect around them is not the monitor's.
        GC.Collect();
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        run();
        return ((Process.GetCurrentProcess().TotalProcessorTime - before).TotalNanoseconds, GC.GetAllocatedBytesForCurrentThread() - bytes);
    }

    private static DataPlaneEnvelope[] Envelopes(int count) =>
        [.. Enumerable.Range(0, count).Select(subject => Envelope(new ExposureEvent
        {
            ExperimentName = Experiment,
            Timestamp = Start,
            VariantKey = (subject * 0x9E3779B9u >> 16 & 1) == 0 ? "control" : "b",
            SubjectId = "user-" + subject.ToString(CultureInfo.InvariantCulture),
            SubjectType = "user",
            AllocationVersion = "v1",
            SelectionReason = SelectionReasons.HashAssignment,
        }))];

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
