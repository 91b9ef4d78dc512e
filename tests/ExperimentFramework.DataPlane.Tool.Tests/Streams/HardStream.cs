using System.Globalization;

namespace ExperimentFramework.DataPlane.Tool.Tests.Streams;

/// <summary>
/// A stream whose answers depend on the order in which it is read: weights that change, losses that explain a split, reassignments, subjects that come back in another variant, and two hosts, the second of which begins first. The
/// same each time.
/// </summary>
internal static class HardStream
{
    public const string FirstHost = "00112233445";
    public const string SecondHost = "0ffeeddccbb";

    private const int Subjects = 3_600;
    private const int LostOfB = 400;
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>All events, the earliest first.</summary>
    public static IReadOnlyList<DataPlaneEnvelope> All { get; } = Create();

    /// <summary>The events of one host.</summary>
    public static IEnumerable<DataPlaneEnvelope> Of(string host) => All.Where(envelope => envelope.Payload is AccountingEvent account ? account.ProducerId == host : ProducerId.Of(envelope.EventId) == host);

    private static DataPlaneEnvelope[] Create()
    {
        var random = new Random(31);
        var events = new List<(DateTimeOffset Time, string Host, DataPlaneEvent Payload)>
        {
            (Begin, SecondHost, Declaration("v1", 80, 20, Begin)),
        };
        for (var subject = 0; subject < Subjects; subject++)
        {
            // The first tenth comes with the first weights. Later one of six subjects of b is lost.
            var (version, time) = (subject < Subjects / 10 ? "v1" : "v2", Begin.AddSeconds(subject));
            var variant = version == "v1" ? (random.Next(10) < 2 ? "b" : "control") : random.Next(9) < 4 ? "b" : "control";
            if (subject == Subjects / 10)
            {
                events.Add((time, SecondHost, Declaration("v2", 50, 50, time)));
            }

            var first = Exposure(subject, version, variant, time);
            events.Add((time, HostOf(subject), first));
            events.Add((time.AddMilliseconds(30), HostOf(subject), Outcome(first, random.Next(20) == 0)));
            if (random.Next(variant == "b" ? 3 : 5) == 0)
            {
                events.Add((time.AddSeconds(9.5), HostOf(subject), Purchase(first)));
            }

            ComeBack(events, first, subject);
        }

        var end = Begin.AddSeconds(Subjects).AddHours(3);
        events.Add((end, FirstHost, Account(events, FirstHost, end)));
        events.Add((end, SecondHost, Account(events, SecondHost, end)));
        return [.. events.Select((one, index) => (one.Time, Index: index, one)).OrderBy(one => one.Time).ThenBy(one => one.Index).Select((one, index) => Envelope(index, one.one.Host, one.one.Payload))];
    }

    /// <summary>The first host is busy with the second half of the subjects, and with those that come back.</summary>
    private static string HostOf(int subject) => subject < Subjects / 2 || subject % 5 == 0 ? SecondHost : FirstHost;

    private static void ComeBack(List<(DateTimeOffset Time, string Host, DataPlaneEvent Payload)> events, ExposureEvent first, int subject)
    {
        var other = first.VariantKey == "b" ? "control" : "b";
        var again = first.Timestamp.AddHours(2).AddMilliseconds(500);
        if (subject % 12 == 0)
        {
            // An override of the policy, just before the exposure that it explains.
            events.Add((again, FirstHost, new AssignmentEvent
            {
                ExperimentName = first.ExperimentName,
                Timestamp = again,
                SubjectId = first.SubjectId!,
                SubjectType = first.SubjectType,
                PreviousVariantKey = first.VariantKey,
                NewVariantKey = other,
                ChangeReason = AssignmentChangeReasons.Policy,
            }));
            events.Add((again, FirstHost, first with { Timestamp = again, VariantKey = other }));
        }
        else if (subject % 50 == 7)
        {
            events.Add((again, FirstHost, first with { Timestamp = again, VariantKey = other }));
        }
    }

    private static AnalysisSignalEvent Declaration(string version, long control, long b, DateTimeOffset time) => new()
    {
        ExperimentName = "checkout",
        Timestamp = time,
        SignalType = AnalysisSignalType.AllocationDeclared,
        Severity = SignalSeverity.Info,
        Message = "The weights.",
        Data = new Dictionary<string, object?> { ["allocationVersion"] = version, ["weight:b"] = b, ["weight:control"] = control },
    };

    private static ExposureEvent Exposure(int subject, string version, string variant, DateTimeOffset time) => new()
    {
        ExperimentName = "checkout",
        Timestamp = time,
        VariantKey = variant,
        SubjectId = string.Create(CultureInfo.InvariantCulture, $"user-{subject}"),
        SubjectType = "user",
        SelectionReason = "hash-assignment",
        AllocationVersion = version,
        Attributes = new Dictionary<string, object?> { ["country"] = subject % 3 == 0 ? "DE" : "FR" },
    };

    private static OutcomeEvent Outcome(ExposureEvent exposure, bool hasFailed) => new()
    {
        ExperimentName = exposure.ExperimentName,
        Timestamp = exposure.Timestamp.AddMilliseconds(30),
        VariantKey = exposure.VariantKey,
        SubjectId = exposure.SubjectId,
        SubjectType = exposure.SubjectType,
        AllocationVersion = exposure.AllocationVersion,
        OutcomeName = "PayAsync",
        Result = hasFailed ? OutcomeResult.Failure : OutcomeResult.Success,
        Duration = TimeSpan.FromMilliseconds(30),
    };

    private static MetricEvent Purchase(ExposureEvent exposure) => new()
    {
        ExperimentName = ExperimentNames.All,
        Timestamp = exposure.Timestamp.AddSeconds(9.5),
        MetricName = "purchase",
        Value = 1,
        SubjectId = exposure.SubjectId,
        SubjectType = exposure.SubjectType,
    };

    private static AccountingEvent Account(IEnumerable<(DateTimeOffset Time, string Host, DataPlaneEvent Payload)> events, string host, DateTimeOffset end) => new()
    {
        ExperimentName = ExperimentNames.All,
        Timestamp = end,
        ProducerId = host,
        Destination = "FileDataBackplane",
        SequenceNumber = 1,
        IntervalStart = Begin,
        IntervalEnd = end,
        IsLast = true,
        Calls = [],
        Published =
        [
            .. events.Where(one => one.Host == host && one.Payload is not AccountingEvent).GroupBy(one => (one.Payload.EventType, one.Payload.ExperimentName))
                .Select(group => new AccountedEvents { ExperimentName = group.Key.ExperimentName, VariantKey = "", EventType = group.Key.EventType.ToString(), Count = group.Count() + (host == FirstHost && group.Key.EventType == DataPlaneEventType.Exposure ? LostOfB : 0) }),
        ],
        Drops = host == FirstHost ? [new AccountedDrops { ExperimentName = "checkout", VariantKey = "b", EventType = "Exposure", Reason = "queue_full", Count = LostOfB }] : [],
    };

    private static DataPlaneEnvelope Envelope(int number, string host, DataPlaneEvent payload)
    {
        var milliseconds = payload.Timestamp.ToUnixTimeMilliseconds();
        return new DataPlaneEnvelope
        {
            EventId = Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"{milliseconds >> 16:x8}-{milliseconds & 0xFFFF:x4}-7{number >> 14 & 0xFFF:x3}-{0x8000 | (number & 0x3FFF):x4}-0{host}")),
            Timestamp = payload.Timestamp,
            EventType = payload.EventType,
            SchemaVersion = payload.SchemaVersion,
            Payload = payload,
        };
    }
}
