using System.Globalization;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Events of one experiment.</summary>
internal static class Exposures
{
    public const string Experiment = "checkout";

    public static DateTimeOffset Time { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static ExposureEvent Of(string? subject, string variant, string? version = "v1") => new()
    {
        ExperimentName = Experiment,
        Timestamp = Time,
        VariantKey = variant,
        SubjectId = subject,
        SubjectType = "user",
        AllocationVersion = version,
        SelectionReason = SelectionReasons.HashAssignment,
    };

    public static AnalysisSignalEvent Declaration(string version, params (string Variant, double Weight)[] weights) => new()
    {
        ExperimentName = Experiment,
        Timestamp = Time,
        SignalType = AnalysisSignalType.AllocationDeclared,
        Severity = SignalSeverity.Info,
        Message = "Declared.",
        Data = new Dictionary<string, object?>(weights.Select(static weight => KeyValuePair.Create("weight:" + weight.Variant, (object?)weight.Weight))) { ["allocationVersion"] = version },
    };

    public static AnalysisSignalEvent Reset() => new()
    {
        ExperimentName = Experiment,
        Timestamp = Time,
        SignalType = AnalysisSignalType.SampleRatioMismatch,
        Severity = SignalSeverity.Info,
        Message = "The redirect was mended.",
        Data = new Dictionary<string, object?> { ["state"] = "reset" },
    };

    public static DataPlaneEnvelope Envelope(DataPlaneEvent payload, int number = 1) => new()
    {
        EventId = new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]),
        Timestamp = payload.Timestamp,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
    };

    /// <summary>Lets a counter count subjects with numbers of their own, half of them in each variant unless a share is lost.</summary>
    public static void Count(this PartitionCounter counter, int from, int count, double lossOfB = 0, int? seed = null)
    {
        var random = new Random(seed ?? from);
        for (var subject = from; subject < from + count; subject++)
        {
            var isB = random.NextDouble() < 0.5;
            if (!isB || random.NextDouble() >= lossOfB)
            {
                counter.TryCount(Of(string.Create(CultureInfo.InvariantCulture, $"s{subject}"), isB ? "b" : "control"), null, isKeyedBySubject: true);
            }
        }
    }

    /// <summary>Reports what was counted of the experiment.</summary>
    public static PartitionReport Report(this PartitionCounter counter, int partition = 0) => Assert.Single(counter.TakeReports(partition)).Report;
}
