using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>Events for an outbox, and the calls of an outbox with what it drops.</summary>
internal static class StoredEvents
{
    public static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static DataPlaneEnvelope Envelope(string subject) => new()
    {
        EventId = Guid.CreateVersion7(),
        Timestamp = Begin,
        EventType = DataPlaneEventType.Exposure,
        SchemaVersion = "1.0.0",
        Payload = new ExposureEvent
        {
            ExperimentName = "exp",
            VariantKey = "b",
            SubjectId = subject,
            SelectionReason = "test",
            Timestamp = Begin,
        },
    };

    /// <summary>An event that cannot be written down.</summary>
    public static DataPlaneEnvelope Unwritable() => Envelope("u") with { Metadata = new UnreadableMetadata() };

    public static int Append(this SqliteEventOutbox outbox, string destination, long position, int count, List<string>? lost = null) => outbox.Append(
        destination,
        [.. Enumerable.Range(0, count).Select(i => new QueuedEnvelope(Envelope(string.Create(CultureInfo.InvariantCulture, $"subject-{position + i}@example.com")), position + i))],
        dropped => lost?.Add($"{dropped.ExperimentName}/{dropped.VariantKey}/{dropped.Reason}"));

    public static List<QueuedEnvelope> Read(this SqliteEventOutbox outbox, string destination, int max = 1_000, List<string>? lost = null)
    {
        var read = new List<QueuedEnvelope>();
        outbox.Read(destination, read, max, dropped => lost?.Add($"{dropped.ExperimentName}/{dropped.VariantKey}/{dropped.Reason}"));
        return read;
    }

    public static string[] Subjects(this IEnumerable<QueuedEnvelope> events) => [.. events.Select(queued => ((ExposureEvent)queued.Envelope.Payload).SubjectId!)];

    /// <summary>Runs a script on a file that no outbox has open.</summary>
    public static object? Execute(string path, string script)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = script;
        return command.ExecuteScalar();
    }
}
