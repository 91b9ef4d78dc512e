using System.Globalization;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>Exposures as an application publishes them: eight experiments, 50,000 subjects, two attributes, in the order of time.</summary>
internal static class SampleExposures
{
    private const int Subjects = 50_000;

    private static readonly string[] Experiments = [.. Enumerable.Range(0, 8).Select(i => string.Create(CultureInfo.InvariantCulture, $"experiment-{i}"))];
    private static readonly string[] Countries = ["DE", "FR", "IT", "US"];

    /// <summary>Makes the exposures with the numbers from <paramref name="first"/> on.</summary>
    public static DataPlaneEnvelope[] Create(int first, int count) => [.. Enumerable.Range(first, count).Select(Envelope)];

    private static DataPlaneEnvelope Envelope(int number)
    {
        var random = new Random(number);
        var time = DateTimeOffset.UnixEpoch.AddDays(20_000).AddTicks(number * 12_345L);
        return new DataPlaneEnvelope
        {
            EventId = Guid.CreateVersion7(time),
            Timestamp = time,
            EventType = DataPlaneEventType.Exposure,
            SchemaVersion = "1.0.0",
            Payload = new ExposureEvent
            {
                ExperimentName = Experiments[random.Next(Experiments.Length)],
                Timestamp = time,
                VariantKey = random.Next(2) == 0 ? "control" : "dynamic",
                SubjectId = string.Create(CultureInfo.InvariantCulture, $"user-{random.Next(Subjects)}"),
                SubjectType = "user",
                SelectionReason = SelectionReasons.HashAssignment,
                AllocationVersion = "2026-03-01",
                VariantBuild = Build,
                Attributes = new Dictionary<string, object?> { ["country"] = Countries[random.Next(Countries.Length)], ["items"] = (long)random.Next(10) },
            },
        };
    }

    private static Guid Build { get; } = new("7d9f4c1e-52a3-4a0b-9a38-3f1f5a0c8d21");
}
