using System.Globalization;
using ExperimentFramework.DataPlane.Parquet;

namespace ExperimentFramework.DataPlane.Benchmarks.Tool;

/// <summary>Exposures as an application records them: five experiments, subjects who come back, three producers.</summary>
internal static class MeasuredEvents
{
    private const int SubjectsPerTenEvents = 3;

    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Experiments = ["checkout", "search", "pricing", "home", "mail"];
    private static readonly string[] Producers = ["0a1b2c3d4e5", "0f0e0d0c0b0", "01234567890"];

    public static async Task<int> WriteAsync(string folder, int events)
    {
        var written = await ParquetEventFiles.WriteAsync(Create(events), folder);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written} events"));
        return 0;
    }

    private static async IAsyncEnumerable<DataPlaneEnvelope> Create(int events)
    {
        await Task.Yield();
        var random = new Random(20260301);
        var number = 0;
        foreach (var experiment in Experiments)
        {
            yield return Envelope(number++, new AnalysisSignalEvent
            {
                ExperimentName = experiment,
                Timestamp = Begin,
                SignalType = AnalysisSignalType.AllocationDeclared,
                Severity = SignalSeverity.Info,
                Message = "The weights.",
                Data = new Dictionary<string, object?> { ["allocationVersion"] = "v1", ["weight:control"] = 50L, ["weight:b"] = 50L },
            });
        }

        var subjects = Math.Max(1, events / 10 * SubjectsPerTenEvents / Experiments.Length);
        for (; number < events; number++)
        {
            var subject = random.Next(subjects);
            var experiment = random.Next(Experiments.Length);
            yield return Envelope(number, new ExposureEvent
            {
                ExperimentName = Experiments[experiment],
                Timestamp = Begin.AddMilliseconds(number),
                VariantKey = ((subject * 2_654_435_761L >> (8 + experiment)) & 1) == 0 ? "control" : "b",
                SubjectId = string.Create(CultureInfo.InvariantCulture, $"visitor-{subject:d9}"),
                SubjectType = "visitor",
                SelectionReason = "hash-assignment",
                AllocationVersion = "v1",
                Attributes = new Dictionary<string, object?> { ["country"] = "DE" },
            });
        }
    }

    private static DataPlaneEnvelope Envelope(int number, DataPlaneEvent payload)
    {
        var milliseconds = payload.Timestamp.ToUnixTimeMilliseconds();
        return new DataPlaneEnvelope
        {
            EventId = Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"{milliseconds >> 16:x8}-{milliseconds & 0xFFFF:x4}-7{number & 0xFFF:x3}-8{number >> 12 & 0xFFF:x3}-0{Producers[number % Producers.Length]}")),
            Timestamp = payload.Timestamp,
            EventType = payload.EventType,
            SchemaVersion = payload.SchemaVersion,
            Payload = payload,
        };
    }
}
