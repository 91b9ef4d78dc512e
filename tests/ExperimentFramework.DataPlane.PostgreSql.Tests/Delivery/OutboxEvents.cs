using System.Globalization;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

/// <summary>Events in an outbox, numbered.</summary>
internal static class OutboxEvents
{
    /// <summary>Events whose positions are their numbers.</summary>
    public static QueuedEnvelope[] Of(int first, int count) => [.. Enumerable.Range(first, count).Select(number => new QueuedEnvelope(
        new DataPlaneEnvelope
        {
            EventId = new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0),
            Timestamp = DateTimeOffset.UnixEpoch,
            EventType = DataPlaneEventType.Exposure,
            SchemaVersion = "1.0.0",
            Payload = new ExposureEvent
            {
                ExperimentName = "exp", VariantKey = "b", SubjectId = string.Create(CultureInfo.InvariantCulture, $"u{number}"), SelectionReason = "test", Timestamp = DateTimeOffset.UnixEpoch,
            },
        },
        number))];

    public static void Append(this PostgreSqlEventOutbox outbox, string destination, int first, int count) =>
        Assert.Equal(count, outbox.Append(destination, Of(first, count), _ => Assert.Fail("No event is to be lost.")));

    public static List<QueuedEnvelope> Read(this PostgreSqlEventOutbox outbox, string destination, int max = 10_000, List<string>? lost = null)
    {
        var read = new List<QueuedEnvelope>();
        outbox.Read(destination, read, max, dropped => lost?.Add($"{dropped.ExperimentName}/{dropped.VariantKey}/{dropped.Reason}"));
        return read;
    }

    public static IEnumerable<string?> Subjects(this IEnumerable<QueuedEnvelope> events) => events.Select(queued => ((ExposureEvent)queued.Envelope.Payload).SubjectId);

    public static IEnumerable<string> Subjects(int first, int count) => Enumerable.Range(first, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"u{number}"));
}
