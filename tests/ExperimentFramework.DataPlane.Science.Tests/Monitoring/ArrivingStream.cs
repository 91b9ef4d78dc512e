namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>
/// The exposures of an experiment on three hosts whose clocks differ: a ramp in the middle, crossovers, repeats, events that arrive late and events that arrive twice.
/// </summary>
internal static class ArrivingStream
{
    public const string Experiment = "checkout";

    public static DateTimeOffset Begin { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The weights by version.</summary>
    public static IReadOnlyDictionary<string, double[]> Weights { get; } = new Dictionary<string, double[]> { ["v1"] = [1, 1], ["v2"] = [4, 1] };

    /// <summary>Generates the stream.</summary>
    /// <param name="subjects">The number of subjects.</param>
    /// <param name="lossOfB">The share of b's subjects that never arrive.</param>
    /// <returns>The events in order of arrival, the declarations first.</returns>
    public static IReadOnlyList<DataPlaneEnvelope> Generate(int subjects, double lossOfB = 0)
    {
        var random = new Random(20260601);
        List<(double Arrival, DataPlaneEnvelope Envelope)> events = [];
        for (var subject = 0; subject < subjects; subject++)
        {
            var rampShare = 0.5 + ((double)subject / subjects);
            var version = random.NextDouble() < rampShare - 0.5 ? "v2" : "v1";
            var isB = random.NextDouble() < (version == "v1" ? 0.5 : 0.2);
            if (isB && random.NextDouble() < lossOfB)
            {
                continue;
            }

            for (var call = 0; call <= random.Next(3); call++)
            {
                // One call in fifty meets the other variant, and some that come later meet the new weights.
                var isCrossed = call > 0 && random.Next(50) == 0;
                var isRamped = call > 0 && version == "v1" && random.Next(20) == 0;
                var happened = (subject * 10) + (call * 5_000) + random.NextDouble();
                var clock = random.Next(3) * 40;
                var envelope = Exposure(events.Count, $"s{subject}", isB != isCrossed ? "b" : "control", isRamped ? "v2" : version, Begin.AddMilliseconds(happened + clock), call > 0);
                var arrival = happened + (random.Next(100) == 0 ? 60_000 : random.Next(100));
                events.Add((arrival, envelope));
                if (random.Next(40) == 0)
                {
                    events.Add((arrival + random.Next(30_000), envelope));
                }
            }
        }

        return [.. Weights.Select((version, index) => Declaration(index, version.Key, version.Value)), .. events.OrderBy(static item => item.Arrival).Select(static item => item.Envelope)];
    }

    private static DataPlaneEnvelope Exposure(int number, string subject, string variant, string version, DateTimeOffset time, bool isRepeat) => Envelope(number + 100, new ExposureEvent
    {
        ExperimentName = Experiment,
        Timestamp = time,
        VariantKey = variant,
        SubjectId = subject,
        SubjectType = "user",
        AllocationVersion = version,
        SelectionReason = SelectionReasons.HashAssignment,
        IsRepeatExposure = isRepeat,
    });

    private static DataPlaneEnvelope Declaration(int number, string version, double[] weights) => Envelope(number, new AnalysisSignalEvent
    {
        ExperimentName = Experiment,
        Timestamp = Begin,
        SignalType = AnalysisSignalType.AllocationDeclared,
        Severity = SignalSeverity.Info,
        Message = "Declared.",
        Data = new Dictionary<string, object?> { ["allocationVersion"] = version, ["weight:control"] = weights[0], ["weight:b"] = weights[1] },
    });

    private static DataPlaneEnvelope Envelope(int number, DataPlaneEvent payload) => new()
    {
        EventId = new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]),
        Timestamp = payload.Timestamp,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
    };
}
