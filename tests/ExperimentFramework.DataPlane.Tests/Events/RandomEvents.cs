using CsCheck;

namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>Random events of every kind, with every type of attribute, for property tests.</summary>
internal static class RandomEvents
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 0, 12],
        Gen.String[Gen.Char["\"\\\n\u0000\u2028ü漢<&'"], 0, 6],
        Gen.Const("😀🏳️‍🌈"));

    private static readonly Gen<string> Name = Gen.String[Gen.Char.AlphaNumeric, 1, 10];

    private static readonly Gen<string?> Optional = Text.Null()!;

    private static readonly Gen<DateTimeOffset> Utc =
        Gen.Long[new DateTime(1990, 1, 1).Ticks, new DateTime(2090, 1, 1).Ticks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    private static readonly Gen<DateTimeOffset> Offset =
        Gen.Select(Utc, Gen.Int[-14 * 60, 14 * 60]).Select((time, minutes) => time.ToOffset(TimeSpan.FromMinutes(minutes)));

    private static readonly Gen<Guid> Id = Gen.Guid;

    private static readonly Gen<double> Double = Gen.OneOf(
        Gen.Double,
        Gen.OneOf(new[] { 0.0, -0.0, 2.0, 1e300, double.Epsilon, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue }.Select(Gen.Const).ToArray()));

    /// <summary>The schema validator cannot take whole numbers of more than 64 bits.</summary>
    private static readonly Gen<decimal> Decimal = Gen.OneOf(Gen.Decimal[-1e18m, 1e18m], Gen.Int.Select(cents => cents / 100m), Gen.Int.Select(whole => new decimal(whole) * 1.00m));

    private static readonly Gen<object?> Scalar = Gen.OneOf(
        Gen.Const((object?)null),
        Text.Select(value => (object?)value),
        Gen.Bool.Select(value => (object?)value),
        Gen.Long.Select(value => (object?)value),
        Double.Select(value => (object?)value),
        Decimal.Select(value => (object?)value),
        Offset.Select(value => (object?)value),
        Id.Select(value => (object?)value));

    private static readonly Gen<object?> List = Gen.OneOf(
        Text.Array[0, 4].Select(values => (object?)values),
        Gen.Bool.Array[0, 4].Select(values => (object?)values),
        Gen.Long.Array[0, 4].Select(values => (object?)values),
        Double.Array[0, 4].Select(values => (object?)values),
        Decimal.Array[0, 4].Select(values => (object?)values),
        Offset.Array[0, 4].Select(values => (object?)values),
        Id.Array[0, 4].Select(values => (object?)values));

    private static readonly Gen<Dictionary<string, object?>> Flat = Gen.Dictionary(Name, Gen.Frequency((4, Scalar), (1, List)))[0, 5];

    private static readonly Gen<IReadOnlyDictionary<string, object?>?> Attributes = Gen.OneOf(
        Gen.Const((IReadOnlyDictionary<string, object?>?)null),
        Flat.Select(values => (IReadOnlyDictionary<string, object?>?)values),
        Gen.Select(Flat, Flat, Name).Select((outer, inner, name) =>
        {
            outer[name] = new Dictionary<string, object?>(inner) { ["deeper"] = inner };
            return (IReadOnlyDictionary<string, object?>?)outer;
        }));

    private static readonly Gen<TimeSpan?> Duration = Gen.Long[0, long.MaxValue].Select(TimeSpan.FromTicks).Nullable();

    private static readonly Gen<AssignmentPolicy> Policy = Gen.Enum<AssignmentPolicy>();

    private static readonly Gen<(string Experiment, DateTimeOffset Time, string? Subject, string? Type, string? Tenant)> Common =
        Gen.Select(Text, Utc, Optional, Optional, Optional);

    private static readonly Gen<DataPlaneEvent> Exposure = Gen.Select(
        Common,
        Gen.Select(Text, Optional, Text, Optional, Optional),
        Gen.Select(Policy, Gen.Bool, Gen.Double[0, 1], Id.Nullable()),
        Attributes,
        (common, texts, values, attributes) => (DataPlaneEvent)new ExposureEvent
        {
            ExperimentName = common.Experiment,
            Timestamp = common.Time,
            SubjectId = common.Subject,
            SubjectType = common.Type,
            TenantId = common.Tenant,
            VariantKey = texts.Item1,
            AssignedVariantKey = texts.Item2,
            SelectionReason = texts.Item3,
            RulePath = texts.Item4,
            AllocationVersion = texts.Item5,
            AssignmentPolicy = values.Item1,
            IsRepeatExposure = values.Item2,
            SamplingRate = values.Item3,
            VariantBuild = values.Item4,
            Attributes = attributes,
        });

    private static readonly Gen<DataPlaneEvent> Assignment = Gen.Select(
        Common,
        Gen.Select(Text, Text, Text),
        Policy,
        (common, texts, policy) => (DataPlaneEvent)new AssignmentEvent
        {
            ExperimentName = common.Experiment,
            Timestamp = common.Time,
            SubjectId = common.Subject,
            SubjectType = common.Type,
            TenantId = common.Tenant,
            PreviousVariantKey = texts.Item1,
            NewVariantKey = texts.Item2,
            ChangeReason = texts.Item3,
            AssignmentPolicy = policy,
        });

    private static readonly Gen<DataPlaneEvent> Outcome = Gen.Select(
        Common,
        Gen.Select(Text, Text, Optional, Optional, Optional),
        Gen.Select(Gen.Enum<OutcomeResult>(), Duration, Duration, Double.Nullable(), Id.Nullable()),
        (common, texts, values) => (DataPlaneEvent)new OutcomeEvent
        {
            ExperimentName = common.Experiment,
            Timestamp = common.Time,
            SubjectId = common.Subject,
            SubjectType = common.Type,
            TenantId = common.Tenant,
            VariantKey = texts.Item1,
            OutcomeName = texts.Item2,
            ErrorType = texts.Item3,
            AssignedVariantKey = texts.Item4,
            AllocationVersion = texts.Item5,
            Result = values.Item1,
            Duration = values.Item2,
            FailedAttemptDuration = values.Item3,
            Value = values.Item4,
            ExposureEventId = values.Item5,
        });

    private static readonly Gen<DataPlaneEvent> Signal = Gen.Select(
        Common,
        Text,
        Gen.Select(Gen.Enum<AnalysisSignalType>(), Gen.Enum<SignalSeverity>()),
        Attributes,
        (common, message, kinds, data) => (DataPlaneEvent)new AnalysisSignalEvent
        {
            ExperimentName = common.Experiment,
            Timestamp = common.Time,
            Message = message,
            SignalType = kinds.Item1,
            Severity = kinds.Item2,
            Data = data,
        });

    private static readonly Gen<DataPlaneEvent> Error = Gen.Select(
        Common,
        Gen.Select(Text, Text, Optional),
        Attributes,
        (common, texts, data) => (DataPlaneEvent)new ErrorEvent
        {
            ExperimentName = common.Experiment,
            Timestamp = common.Time,
            Source = texts.Item1,
            Message = texts.Item2,
            ErrorType = texts.Item3,
            Data = data,
        });

    private static readonly Gen<long> Count = Gen.Long[0, long.MaxValue];

    private static readonly Gen<DataPlaneEvent> Accounting = Gen.Select(
        Common,
        Gen.Select(Text, Count, Utc, Gen.Bool),
        Gen.Select(Text, Text, Count, Count, Count, Count).Select(row => new AccountedCalls
        {
            ExperimentName = row.Item1, VariantKey = row.Item2, ExposingCalls = row.Item3, RepeatsNotRecorded = row.Item4, SampledOut = row.Item5, NoSubject = row.Item6,
        }).Array[0, 3],
        Gen.Select(Text, Text, Text, Count).Select(row => new AccountedEvents { ExperimentName = row.Item1, VariantKey = row.Item2, EventType = row.Item3, Count = row.Item4 }).Array[0, 3],
        Gen.Select(Text, Text, Text, Text, Count, Optional).Select(row => new AccountedDrops
        {
            ExperimentName = row.Item1, VariantKey = row.Item2, EventType = row.Item3, Reason = row.Item4, Count = row.Item5, OriginalProducerId = row.Item6,
        }).Array[0, 3],
        (common, values, calls, published, drops) => (DataPlaneEvent)new AccountingEvent
        {
            ExperimentName = common.Experiment,
            Timestamp = common.Time,
            ProducerId = "0a1b2c3d4e5",
            Destination = values.Item1,
            SequenceNumber = values.Item2,
            PartNumber = values.Item2 / 3,
            PartCount = values.Item2 / 2,
            IntervalStart = values.Item3,
            IntervalEnd = common.Time,
            IsLast = values.Item4,
            Calls = calls,
            Published = published,
            Drops = drops,
        });

    private static readonly Gen<DataPlaneEvent> Metric = Gen.Select(
        Common,
        Gen.Select(Text, Optional, Optional),
        Double,
        Attributes,
        (common, texts, value, attributes) => (DataPlaneEvent)new MetricEvent
        {
            ExperimentName = common.Experiment,
            Timestamp = common.Time,
            SubjectId = common.Subject,
            SubjectType = common.Type,
            TenantId = common.Tenant,
            MetricName = texts.Item1,
            Unit = texts.Item2,
            IdempotencyKey = texts.Item3,
            Value = value,
            Attributes = attributes,
        });

    public static Gen<DataPlaneEnvelope> Envelopes { get; } = Gen.Select(
        Gen.OneOf(Exposure, Assignment, Outcome, Signal, Error, Metric, Accounting),
        Id,
        Optional,
        Optional,
        Gen.Dictionary(Name, Text)[0, 3],
        (payload, id, correlation, span, metadata) => new DataPlaneEnvelope
        {
            EventId = id,
            Timestamp = payload.Timestamp,
            EventType = payload.EventType,
            SchemaVersion = payload.SchemaVersion,
            Payload = payload,
            CorrelationId = correlation,
            SpanId = span,
            Metadata = metadata.Count == 0 ? null : metadata,
        });
}
