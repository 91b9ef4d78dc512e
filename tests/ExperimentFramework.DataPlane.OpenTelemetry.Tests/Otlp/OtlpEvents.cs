using System.Globalization;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Otlp;

/// <summary>Events and what became of them.</summary>
internal static class OtlpEvents
{
    public static DataPlaneEnvelope[] Exposures(int count) => [.. Enumerable.Range(0, count).Select(number => SampleEvents.Envelope(
        SampleEvents.Exposure with { SubjectId = string.Create(CultureInfo.InvariantCulture, $"u{number}") }))];

    public static DeliveryStatus[] Statuses(this BatchResult result, int count) => [.. Enumerable.Range(0, count).Select(index => result[index])];

    public static string? SubjectOf(Receiving.LogRecord record) => record.Attributes.SingleOrDefault(attribute => attribute.Key == "feature_flag.context.id")?.Value.StringValue;
}
