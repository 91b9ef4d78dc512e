using System.Globalization;

namespace ExperimentFramework.DataPlane.Analysis;

/// <summary>
/// The events of an experiment with everything that makes its analysis hard: two allocations, repeats, crossovers, fallbacks, overrides, unknown
/// subjects, the same id in two tenants, purchases before the exposure and twice under one key, orders of two tenants with one number, a version with one
/// control subject, lost events and events that arrive twice.
/// </summary>
internal static class AnalysedEvents
{
    public const string Producer = "0a1b2c3d4e5";
    public const string KilledProducer = "0f0e0d0c0b0";

    /// <summary>The producer that was killed before its first account.</summary>
    public const string UnaccountedProducer = "0e1e2e3e4e5";

    private const int Subjects = 1_500;

    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The events as they arrive: some of them twice, and not in the order of time.</summary>
    public static IReadOnlyList<DataPlaneEnvelope> All { get; } = Generate();

    private static DataPlaneEnvelope[] Generate()
    {
        var random = new Random(20260301);
        var events = new List<DataPlaneEvent>();
        for (var number = 0; number < Subjects; number++)
        {
            AddSubject(events, random, number);
        }

        events.Add(new AssignmentEvent { ExperimentName = "checkout", Timestamp = Begin, SubjectId = "u1", PreviousVariantKey = "control", NewVariantKey = "b", ChangeReason = "weights-changed" });
        events.Add(new AnalysisSignalEvent { ExperimentName = "checkout", Timestamp = Begin, SignalType = AnalysisSignalType.Custom, Severity = SignalSeverity.Info, Message = "begun" });
        events.Add(new ErrorEvent { ExperimentName = ExperimentNames.All, Timestamp = Begin, Source = "test", Message = "lost" });

        AddOrdersWithOneNumber(events);
        AddVersionWithOneControl(events);
        DataPlaneEnvelope[] arrived = [.. events.Select((payload, index) => Envelope(index, payload, index % 7 == 0 ? KilledProducer : index % 1_000 == 1 ? UnaccountedProducer : Producer))];
        var lost = arrived.Where((_, index) => index % 97 == 0).Select(envelope => envelope.EventId).ToHashSet();
        DataPlaneEnvelope[] kept = [.. arrived.Where(envelope => !lost.Contains(envelope.EventId))];
        return
        [
            .. kept.OrderBy(_ => random.Next()),
            .. kept.Where((_, index) => index % 50 == 0),
            .. Accounts(arrived, [.. arrived.Where(envelope => lost.Contains(envelope.EventId))]),
        ];
    }

    /// <summary>Each tenant counts its orders by itself, so two of them have the same number.</summary>
    private static void AddOrdersWithOneNumber(List<DataPlaneEvent> events)
    {
        foreach (var tenant in new[] { "north", "south" })
        {
            foreach (var subject in new[] { "t1", "t2" })
            {
                events.Add(Exposure("v1", tenant == "north" ? "b" : "control", subject, tenant));
                events.Add(Purchase(subject, tenant, 500));
            }
        }
    }

    /// <summary>One subject has no variance.</summary>
    private static void AddVersionWithOneControl(List<DataPlaneEvent> events)
    {
        for (var number = 0; number < 40; number++)
        {
            var subject = string.Create(CultureInfo.InvariantCulture, $"w{number}");
            events.Add(Exposure("v3", number == 0 ? "control" : "b", subject, null));
            events.Add(Purchase(subject, null, 2_000 + number) with { IdempotencyKey = null });
        }
    }

    private static ExposureEvent Exposure(string version, string variant, string subject, string? tenant) => new()
    {
        ExperimentName = "checkout",
        Timestamp = Begin,
        VariantKey = variant,
        SubjectId = subject,
        SubjectType = "user",
        TenantId = tenant,
        SelectionReason = "hash-assignment",
        AllocationVersion = version,
    };

    private static MetricEvent Purchase(string subject, string? tenant, double value) => new()
    {
        ExperimentName = ExperimentNames.All,
        Timestamp = Begin.AddMinutes(1),
        MetricName = "purchase",
        Value = value,
        Unit = "EUR",
        SubjectId = subject,
        SubjectType = "user",
        TenantId = tenant,
        IdempotencyKey = $"shop-{subject}",
    };

    private static void AddSubject(List<DataPlaneEvent> events, Random random, int number)
    {
        var subject = $"u{number % 1_200}";
        var tenant = number >= 1_200 ? "acme" : null;
        var version = number % 3 == 0 ? "v2" : "v1";
        var arm = random.NextDouble() < (version == "v1" ? 0.5 : 0.2) ? "b" : "control";
        var time = Begin.AddMilliseconds(number * 100L);
        for (var call = 0; call < random.Next(1, 5); call++)
        {
            var now = time.AddSeconds(call * 1_000).AddTicks(random.Next(10_000_000));
            var assigned = call > 0 && random.Next(100) == 0 ? (arm == "b" ? "control" : "b") : arm;
            var fellBack = assigned == "b" && random.Next(10) == 0;
            var isOverride = random.Next(60) == 0;
            var isUnknown = random.Next(80) == 0;
            var exposure = new ExposureEvent
            {
                ExperimentName = number % 10 == 9 ? "other" : "checkout",
                Timestamp = now,
                VariantKey = fellBack ? "control" : assigned,
                AssignedVariantKey = fellBack ? assigned : null,
                SubjectId = isUnknown ? null : subject,
                SubjectType = "user",
                TenantId = tenant,
                SelectionReason = isOverride ? "override" : isUnknown ? "no-subject" : fellBack ? "fallback" : "hash-assignment",
                AllocationVersion = isOverride ? null : version,
                IsRepeatExposure = call > 0,
                Attributes = new Dictionary<string, object?> { ["country"] = random.Next(2) == 0 ? "DE" : "FR" },
            };
            events.Add(exposure);
            events.Add(new OutcomeEvent
            {
                ExperimentName = exposure.ExperimentName,
                Timestamp = now.AddMilliseconds(20),
                VariantKey = exposure.VariantKey,
                AssignedVariantKey = exposure.AssignedVariantKey,
                SubjectId = exposure.SubjectId,
                SubjectType = exposure.SubjectType,
                TenantId = tenant,
                AllocationVersion = exposure.AllocationVersion,
                OutcomeName = random.Next(4) == 0 ? "RefundAsync" : "PayAsync",
                Result = random.Next(20) == 0 ? OutcomeResult.Failure : random.Next(30) == 0 ? OutcomeResult.Canceled : OutcomeResult.Success,
                Duration = random.Next(50) == 0 ? null : TimeSpan.FromMicroseconds(random.Next(1_000, 200_000)),
            });
        }

        if (random.NextDouble() < (arm == "b" ? 0.3 : 0.2))
        {
            // A few before the exposure, and a few reported twice.
            var purchase = new MetricEvent
            {
                ExperimentName = ExperimentNames.All,
                Timestamp = time.AddSeconds(random.Next(6) == 0 ? -30 : 4_100),
                MetricName = "purchase",
                Value = random.Next(100, 9_999) / 4.0,
                Unit = "EUR",
                SubjectId = subject,
                SubjectType = "user",
                TenantId = tenant,
                IdempotencyKey = random.Next(4) == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"order-{number}"),
            };
            events.Add(purchase);
            events.Add(random.Next(5) == 0 ? purchase with { Timestamp = purchase.Timestamp.AddSeconds(10) } : purchase with { MetricName = "page-view", Value = 1, IdempotencyKey = null });
        }
    }

    /// <summary>
    /// Three accounts for each producer. The second, in two parts, is the latest that is complete; of the third a part is missing. The killed one has no last account. What
    /// it lost is in the account of the other one, which found it in the outbox.
    /// </summary>
    private static IEnumerable<DataPlaneEnvelope> Accounts(DataPlaneEnvelope[] published, DataPlaneEnvelope[] lost)
    {
        var number = 1_000_000;
        foreach (var producer in new[] { Producer, KilledProducer })
        {
            var own = published.Where(envelope => ProducerId.Of(envelope.EventId) == producer).ToList();
            var isFinal = producer == Producer;
            yield return Envelope(number++, Account(producer, sequence: 1) with { Published = Counted(own.Take(100)) }, producer);
            var rows = Counted(own);
            var second = Account(producer, sequence: 2) with { IsLast = isFinal, PartCount = 2 };
            yield return Envelope(number++, second with { Published = [.. rows.Where((_, row) => row % 2 == 0)] }, producer);
            yield return Envelope(number++, second with { PartNumber = 2, Published = [.. rows.Where((_, row) => row % 2 == 1)], Drops = isFinal ? Dropped(lost, producer) : [] }, producer);
            yield return Envelope(number++, Account(producer, sequence: 3) with { PartCount = 2, Published = rows }, producer);
        }
    }

    private static AccountingEvent Account(string producer, int sequence) => new()
    {
        ExperimentName = ExperimentNames.All,
        Timestamp = Begin.AddHours(3 + sequence),
        ProducerId = producer,
        Destination = "Test",
        SequenceNumber = sequence,
        IntervalStart = Begin,
        IntervalEnd = Begin.AddHours(3 + sequence),
        IsLast = false,
        Calls = [],
        Published = [],
        Drops = [],
    };

    private static IReadOnlyList<AccountedEvents> Counted(IEnumerable<DataPlaneEnvelope> events) =>
        [.. events.GroupBy(Key).Select(group => new AccountedEvents { ExperimentName = group.Key.Experiment, VariantKey = group.Key.Arm, EventType = group.Key.Type, Count = group.Count() })];

    private static IReadOnlyList<AccountedDrops> Dropped(DataPlaneEnvelope[] lost, string producer) =>
    [
        .. lost.GroupBy(envelope => (Key: Key(envelope), Producer: ProducerId.Of(envelope.EventId))).Select(group => new AccountedDrops
        {
            ExperimentName = group.Key.Key.Experiment,
            VariantKey = group.Key.Key.Arm,
            EventType = group.Key.Key.Type,
            Reason = "queue_full",
            Count = group.Count(),
            OriginalProducerId = group.Key.Producer == producer ? null : group.Key.Producer,
        }),
    ];

    private static (string Experiment, string Arm, string Type) Key(DataPlaneEnvelope envelope) => envelope.Payload switch
    {
        ExposureEvent exposure => (exposure.ExperimentName, exposure.AssignedVariantKey ?? exposure.VariantKey, "Exposure"),
        OutcomeEvent outcome => (outcome.ExperimentName, outcome.AssignedVariantKey ?? outcome.VariantKey, "Outcome"),
        var other => (other.ExperimentName, "", other.EventType.ToString()),
    };

    private static DataPlaneEnvelope Envelope(int number, DataPlaneEvent payload, string producer) => new()
    {
        EventId = Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"{number:x8}-0000-7000-8000-0{producer}")),
        Timestamp = payload.Timestamp,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
    };
}
