using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ExperimentFramework.DataPlane.Tool.Tests.Streams;

/// <summary>Events of a healthy experiment, a broken one, and one without declared weights, of two producers whose accounts add up. The same each time.</summary>
internal static class SampleStream
{
    public const string FirstProducer = "0a1b2c3d4e5";
    public const string SecondProducer = "0f0e0d0c0b0";

    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>All events in the order of their arrival, with the last accounts.</summary>
    public static IReadOnlyList<DataPlaneEnvelope> All { get; } = Create(4_000);

    /// <summary>The first events and what belongs to them, for tests that read them often.</summary>
    public static IReadOnlyList<DataPlaneEnvelope> Few { get; } = Create(40);

    /// <summary>The same, and accounts name as many lost exposures as explain the split of the broken one.</summary>
    public static IReadOnlyList<DataPlaneEnvelope> WithLossesOfSearch { get; } =
    [
        .. All.Select(static envelope => envelope.Payload is not AccountingEvent account ? envelope : envelope with
        {
            Payload = account with { Drops = [.. account.Drops, new AccountedDrops { ExperimentName = "search", VariantKey = "b", EventType = "Exposure", Reason = "queue_full", Count = 500 }] },
        }),
    ];

    /// <summary>What subjects of the experiment checkout bought five seconds after their exposure: a third of the variant's, and a sixth of control's.</summary>
    public static IReadOnlyList<DataPlaneEnvelope> Purchases { get; } =
    [
        .. All.Where(envelope => envelope.Payload is ExposureEvent { ExperimentName: "checkout" })
            .GroupBy(envelope => ((ExposureEvent)envelope.Payload).VariantKey)
            .SelectMany(variant => variant.Where((_, index) => index % (variant.Key == "b" ? 3 : 6) == 0))
            .OrderBy(envelope => envelope.Timestamp)
            .Select((envelope, index) => Envelope((int)(envelope.Timestamp - Begin).TotalSeconds + 5, 100_000 + index, FirstProducer, Purchase((ExposureEvent)envelope.Payload))),
    ];

    /// <summary>Writes events as JSON lines.</summary>
    public static byte[] Lines(IEnumerable<DataPlaneEnvelope> events) => Encoding.UTF8.GetBytes(string.Concat(events.Select(envelope => DataPlaneJson.Serialize(envelope) + "\n")));

    /// <summary>Compresses bytes with gzip.</summary>
    public static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }

    /// <summary>Compresses bytes with zstd.</summary>
    public static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(bytes).ToArray();
    }

    private static DataPlaneEnvelope[] Create(int subjects)
    {
        var random = new Random(4711);
        var events = new List<DataPlaneEnvelope>();
        foreach (var experiment in new[] { "checkout", "search" })
        {
            events.Add(Envelope(0, events.Count, FirstProducer, Declaration(experiment)));
        }

        for (var subject = 0; subject < subjects; subject++)
        {
            var producer = subject % 2 == 0 ? FirstProducer : SecondProducer;
            Add("checkout", random.NextDouble() < 0.5 ? "b" : "control", isLost: false);
            var arm = random.NextDouble() < 0.5 ? "b" : "control";
            Add("search", arm, isLost: arm == "b" && random.NextDouble() < 0.2);
            if (subject % 10 == 0)
            {
                Add("undeclared", "control", isLost: false);
            }

            void Add(string name, string variant, bool isLost)
            {
                if (isLost)
                {
                    return;
                }

                var exposure = Exposure(name, variant, subject, random.Next(3) == 0 ? "DE" : "FR");
                events.Add(Envelope(subject, events.Count, producer, exposure));
                if (subject % 4 == 0)
                {
                    events.Add(Envelope(subject, events.Count, producer, Outcome(exposure, subject % 40 == 0)));
                }
            }
        }

        foreach (var producer in new[] { FirstProducer, SecondProducer })
        {
            events.Add(Envelope(subjects, events.Count, producer, Account(events, producer, subjects)));
        }

        return [.. events];
    }

    private static ExposureEvent Exposure(string experiment, string variant, int subject, string country) => new()
    {
        ExperimentName = experiment,
        Timestamp = Begin.AddSeconds(subject),
        VariantKey = variant,
        SubjectId = string.Create(CultureInfo.InvariantCulture, $"user-{subject}"),
        SubjectType = "user",
        TenantId = subject % 2 == 0 ? "acme" : "zenith",
        SelectionReason = "hash-assignment",
        AllocationVersion = "v1",
        Attributes = new Dictionary<string, object?> { ["country"] = country },
    };

    private static OutcomeEvent Outcome(ExposureEvent exposure, bool hasFailed) => new()
    {
        ExperimentName = exposure.ExperimentName,
        Timestamp = exposure.Timestamp.AddMilliseconds(20),
        VariantKey = exposure.VariantKey,
        SubjectId = exposure.SubjectId,
        SubjectType = exposure.SubjectType,
        TenantId = exposure.TenantId,
        AllocationVersion = exposure.AllocationVersion,
        OutcomeName = "PayAsync",
        Result = hasFailed ? OutcomeResult.Failure : OutcomeResult.Success,
        Duration = TimeSpan.FromMilliseconds(20),
    };

    private static MetricEvent Purchase(ExposureEvent exposure) => new()
    {
        ExperimentName = ExperimentNames.All,
        Timestamp = exposure.Timestamp.AddSeconds(5),
        MetricName = "purchase",
        Value = 1,
        SubjectId = exposure.SubjectId,
        SubjectType = exposure.SubjectType,
        TenantId = exposure.TenantId,
    };

    private static AnalysisSignalEvent Declaration(string experiment) => new()
    {
        ExperimentName = experiment,
        Timestamp = Begin,
        SignalType = AnalysisSignalType.AllocationDeclared,
        Severity = SignalSeverity.Info,
        Message = "The weights.",
        Data = new Dictionary<string, object?> { ["allocationVersion"] = "v1", ["weight:control"] = 50L, ["weight:b"] = 50L },
    };

    private static AccountingEvent Account(IEnumerable<DataPlaneEnvelope> events, string producer, int second) => new()
    {
        ExperimentName = ExperimentNames.All,
        Timestamp = Begin.AddSeconds(second),
        ProducerId = producer,
        Destination = "FileDataBackplane",
        SequenceNumber = 1,
        IntervalStart = Begin,
        IntervalEnd = Begin.AddSeconds(second),
        IsLast = true,
        Calls = [],
        Published =
        [
            .. events.Where(envelope => envelope.EventType != DataPlaneEventType.Accounting && ProducerId.Of(envelope.EventId) == producer)
                .GroupBy(envelope => (envelope.EventType, envelope.Payload.ExperimentName))
                .Select(group => new AccountedEvents { ExperimentName = group.Key.ExperimentName, VariantKey = "", EventType = group.Key.EventType.ToString(), Count = group.Count() + (group.Key.ExperimentName == "checkout" && group.Key.EventType == DataPlaneEventType.Exposure ? 3 : 0) }),
        ],
        Drops = [new AccountedDrops { ExperimentName = "checkout", VariantKey = "b", EventType = "Exposure", Reason = "queue_full", Count = 3 }],
    };

    /// <summary>The time is in the id, as the pipeline has it, and so is the producer.</summary>
    private static DataPlaneEnvelope Envelope(int second, int number, string producer, DataPlaneEvent payload)
    {
        var milliseconds = Begin.AddSeconds(second).ToUnixTimeMilliseconds();
        return new DataPlaneEnvelope
        {
            EventId = Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"{milliseconds >> 16:x8}-{milliseconds & 0xFFFF:x4}-7{number >> 14 & 0xFFF:x3}-{0x8000 | (number & 0x3FFF):x4}-0{producer}")),
            Timestamp = payload.Timestamp,
            EventType = payload.EventType,
            SchemaVersion = payload.SchemaVersion,
            Payload = payload,
        };
    }
}
