using System.Globalization;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>Events of tests, which differ in id and subject.</summary>
internal static class TestEvents
{
    /// <summary>The day of all events, unless a test says another.</summary>
    public static DateTimeOffset Noon { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static DataPlaneEnvelope[] Exposures(int count, int first = 0, DateTimeOffset? at = null) => [.. Enumerable.Range(first, count).Select(number => SampleEvents.Envelope(
        SampleEvents.Exposure with { Timestamp = at ?? Noon, SubjectId = string.Create(CultureInfo.InvariantCulture, $"u{number}") }) with
        { EventId = new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0) })];

    /// <summary>An event that the server refuses, and the client cannot recognise: JSON with a number that the server has no room for.</summary>
    public static DataPlaneEnvelope Refused(int number) => DataPlaneJson.Deserialize(
        DataPlaneJson.Serialize(Exposures(1, number)[0])
            .Replace("\"eventType\":\"Exposure\"", "\"eventType\":\"Later\"", StringComparison.Ordinal)
            .Replace("\"samplingRate\":0.25", "\"samplingRate\":1e999999", StringComparison.Ordinal));

    public static DeliveryStatus[] Statuses(this BatchResult result, int count) => [.. Enumerable.Range(0, count).Select(index => result[index])];

    public static async Task DeliveredAsync(this IDataBackplane backplane, IReadOnlyList<DataPlaneEnvelope> events)
    {
        var result = await backplane.PublishAsync(events, TestContext.Current.CancellationToken);
        Assert.True(result.Error is null, result.Error?.ToString());
    }
}
