namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>One event of each category, with every field set.</summary>
internal static class SampleEvents
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    public static ExposureEvent Exposure { get; } = new()
    {
        ExperimentName = "exp",
        Timestamp = Time,
        VariantKey = "control",
        AssignedVariantKey = "b",
        SubjectId = "u1",
        SubjectType = "user",
        TenantId = "t1",
        SelectionReason = "fallback",
        RulePath = "rule",
        AssignmentPolicy = AssignmentPolicy.SubjectSticky,
        AllocationVersion = "v1",
        IsRepeatExposure = true,
        SamplingRate = 0.25,
        VariantBuild = Guid.Parse("0192f0d1-0000-7000-8000-000000000001"),
        Attributes = new Dictionary<string, object?> { ["text"] = "ü\"\u0001", ["flag"] = true, ["count"] = 7L, ["ratio"] = 2.0, ["none"] = null },
    };

    public static AssignmentEvent Assignment { get; } = new()
    {
        ExperimentName = "exp",
        Timestamp = Time,
        SubjectId = "u1",
        SubjectType = "user",
        TenantId = "t1",
        PreviousVariantKey = "control",
        NewVariantKey = "b",
        ChangeReason = "weights-changed",
        AssignmentPolicy = AssignmentPolicy.BestEffort,
    };

    public static OutcomeEvent Outcome { get; } = new()
    {
        ExperimentName = "exp",
        Timestamp = Time,
        VariantKey = "control",
        AssignedVariantKey = "b",
        SubjectId = "u1",
        SubjectType = "user",
        TenantId = "t1",
        AllocationVersion = "v1",
        OutcomeName = "QuoteAsync",
        Result = OutcomeResult.Failure,
        Duration = TimeSpan.FromMilliseconds(12.5),
        FailedAttemptDuration = TimeSpan.FromMilliseconds(4),
        ErrorType = "System.IO.IOException",
        Value = 1.5,
        ExposureEventId = Guid.Parse("0192f0d1-0000-7000-8000-000000000002"),
    };

    public static AnalysisSignalEvent Signal { get; } = new()
    {
        ExperimentName = "exp",
        Timestamp = Time,
        SignalType = AnalysisSignalType.SampleRatioMismatch,
        Severity = SignalSeverity.Critical,
        Message = "broken",
        Data = new Dictionary<string, object?> { ["p"] = 1e-9, ["n"] = 100L },
    };

    public static ErrorEvent Error { get; } = new()
    {
        ExperimentName = "exp",
        Timestamp = Time,
        Source = "Kafka",
        Message = "down",
        ErrorType = "System.IO.IOException",
        Data = new Dictionary<string, object?> { ["status"] = 503L },
    };

    public static MetricEvent Metric { get; } = new()
    {
        ExperimentName = ExperimentNames.All,
        Timestamp = Time,
        MetricName = "purchase",
        Value = 49.9,
        Unit = "EUR",
        SubjectId = "u1",
        SubjectType = "user",
        TenantId = "t1",
        IdempotencyKey = "order-4711",
        Attributes = new Dictionary<string, object?> { ["payment"] = "card", ["items"] = 3L },
    };

    public static AccountingEvent Accounting { get; } = new()
    {
        ExperimentName = "*",
        Timestamp = Time,
        ProducerId = "0a1b2c3d4e5",
        Destination = "Kafka",
        SequenceNumber = 2,
        PartNumber = 2,
        PartCount = 3,
        IntervalStart = Time.AddMinutes(-2),
        IntervalEnd = Time,
        IsLast = true,
        Calls = [new AccountedCalls { ExperimentName = "exp", VariantKey = "b", ExposingCalls = 10, RepeatsNotRecorded = 3, SampledOut = 2, NoSubject = 1 }],
        Published = [new AccountedEvents { ExperimentName = "exp", VariantKey = "b", EventType = "Exposure", Count = 4 }],
        Drops =
        [
            new AccountedDrops { ExperimentName = "exp", VariantKey = "b", EventType = "Exposure", Reason = "queue_full", Count = 1 },
            new AccountedDrops { ExperimentName = "*", VariantKey = "", EventType = "Error", Reason = "rejected", Count = 2, OriginalProducerId = "0f0e0d0c0b0" },
        ],
    };

    /// <summary>The categories that applications may publish.</summary>
    public static IReadOnlyList<DataPlaneEvent> Published { get; } = [Exposure, Assignment, Outcome, Signal, Error, Metric];

    public static IReadOnlyList<DataPlaneEvent> All { get; } = [.. Published, Accounting];

    public static DataPlaneEnvelope Envelope(DataPlaneEvent payload) => new()
    {
        EventId = Guid.CreateVersion7(),
        Timestamp = payload.Timestamp,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
        CorrelationId = "0af7651916cd43dd8448eb211c80319c",
        SpanId = "b7ad6b7169203331",
        Metadata = new Dictionary<string, string> { ["key"] = "value" },
    };
}
