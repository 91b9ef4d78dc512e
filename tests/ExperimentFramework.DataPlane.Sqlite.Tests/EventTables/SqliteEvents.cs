using System.Globalization;
using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>Events for the tests of the destination.</summary>
internal static class SqliteEvents
{
    public static readonly DateTimeOffset Begin = StoredEvents.Begin;

    /// <summary>Exposures of different subjects, a second apart.</summary>
    public static DataPlaneEnvelope[] Exposures(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => Envelope(number, Exposure(string.Create(CultureInfo.InvariantCulture, $"u{number}"), "b", Begin.AddSeconds(number))))];

    public static ExposureEvent Exposure(string? subject, string variant, DateTimeOffset time) => new()
    {
        ExperimentName = "exp",
        VariantKey = variant,
        SubjectId = subject,
        SubjectType = "user",
        AllocationVersion = "v1",
        SelectionReason = "hash-assignment",
        Timestamp = time,
    };

    public static DataPlaneEnvelope Envelope(int number, DataPlaneEvent payload) => new()
    {
        EventId = new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0),
        Timestamp = payload.Timestamp,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
    };

    public static async Task DeliverAsync(this SqliteDataBackplane backplane, params DataPlaneEnvelope[] events)
    {
        var result = await backplane.PublishAsync(events, TestContext.Current.CancellationToken);
        Assert.Null(result.Error);
        Assert.All(Enumerable.Range(0, events.Length), index => Assert.Equal(DeliveryStatus.Delivered, result[index]));
    }
}
