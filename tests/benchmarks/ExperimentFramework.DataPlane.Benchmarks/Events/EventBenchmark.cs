using System.Diagnostics;
using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Benchmarks.Events;

/// <summary>What one event costs on its way out: as JSON into a stream that keeps nothing, and through the pipeline with and without redaction.</summary>
internal static class EventBenchmark
{
    private const int Rounds = 25;
    private const int EventsPerRound = 100_000;
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public static Table Measure()
    {
        var table = new Table("one event", "ns", "bytes", "million events/s");
        Json(table, "as JSON, without attributes", Exposures(2_000, withAttributes: false));
        Json(table, "as JSON, with two attributes", Exposures(2_000, withAttributes: true));
        Published(table, "through the pipeline to memory, no redaction", 2_000, _ => { });
        Published(table, "the same, subject as placeholder", 2_000, options => options.SubjectId = RedactionMode.Placeholder);
        Published(table, "the same, subject as pseudonym, 2,000 subjects", 2_000, options => options.SubjectId = RedactionMode.Pseudonym);
        Published(table, "the same, subject as pseudonym, 100,000 subjects", 100_000, options => options.SubjectId = RedactionMode.Pseudonym);
        Published(table, "the same, subject as pseudonym and a redacted attribute", 2_000, options =>
        {
            options.SubjectId = RedactionMode.Pseudonym;
            options.RedactFields.Add("country");
        });
        return table;
    }

    private static void Json(Table table, string name, ExposureEvent[] exposures)
    {
        using var writer = new DataPlaneJsonWriter();
        var envelopes = exposures.Select(exposure => new DataPlaneEnvelope
        {
            EventId = Guid.CreateVersion7(),
            Timestamp = exposure.Timestamp,
            EventType = exposure.EventType,
            SchemaVersion = exposure.SchemaVersion,
            Payload = exposure,
        }).ToArray();
        Measure(table, name, i => Stream.Null.Write(writer.Write(envelopes[i % envelopes.Length]).Span));
    }

    private static void Published(Table table, string name, int subjects, Action<PiiRedactionOptions> redaction)
    {
        using var services = new ServiceCollection()
            .AddDataBackplane(options =>
            {
                redaction(options.PiiRedaction);
                options.PiiRedaction.PseudonymKey = Key;
            })
            .AddInMemoryDataBackplane(1_000)
            .BuildServiceProvider();
        var publisher = services.GetRequiredService<IEventPublisher>();
        var exposures = Exposures(subjects, withAttributes: true);
        Measure(table, name, i => publisher.PublishAsync(exposures[i % exposures.Length]).AsTask().Wait());
    }

    /// <summary>The fastest of the rounds: what else runs on the machine only ever adds.</summary>
    private static void Measure(Table table, string name, Action<int> work)
    {
        var nanoseconds = new List<double>();
        var bytes = 0.0;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < EventsPerRound; i++)
            {
                work(i);
            }

            nanoseconds.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / EventsPerRound);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)EventsPerRound;
        }

        var fastest = nanoseconds.Min();
        table.Add(name, fastest, bytes, 1_000 / fastest);
    }

    private static ExposureEvent[] Exposures(int subjects, bool withAttributes) => [.. Enumerable.Range(0, subjects).Select(i => new ExposureEvent
    {
        ExperimentName = "checkout-pricing",
        VariantKey = i % 2 == 0 ? "control" : "dynamic",
        SubjectId = string.Create(CultureInfo.InvariantCulture, $"user-{i}"),
        SubjectType = "user",
        Timestamp = DateTimeOffset.UnixEpoch.AddDays(20_000).AddTicks(i * 1_234_567L),
        SelectionReason = SelectionReasons.HashAssignment,
        VariantBuild = Guid.NewGuid(),
        Attributes = withAttributes ? new Dictionary<string, object?> { ["country"] = "DE", ["items"] = 3L } : null,
    })];
}
