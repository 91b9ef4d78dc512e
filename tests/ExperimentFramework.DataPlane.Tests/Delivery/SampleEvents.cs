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

    public static IReadOnlyList<DataPlaneEvent> All { get; } = [Exposure, Assignment, Outcome, Signal, Error, Metric];

    public static DataPlaneEnvelope Envelope(DataPlaneEvent payload) => new()
    {
        EventId = Guid.CreateVersion7(),
        Timestamp = payload.Timestamp,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
        CorrelationId = "0af7651916cd43dd8448eb211c80319c",
        Metadata = new Dictionary<string, string> { ["key"] = "value" },
    };
}
