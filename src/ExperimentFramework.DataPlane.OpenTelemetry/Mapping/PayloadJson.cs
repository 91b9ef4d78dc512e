using System.Text.Json;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The JSON of an event without its envelope.</summary>
internal static class PayloadJson
{
    public static string Of(DataPlaneEnvelope envelope)
    {
        using var json = JsonDocument.Parse(DataPlaneJson.Serialize(envelope));
        return json.RootElement.GetProperty("payload").GetRawText();
    }
}
