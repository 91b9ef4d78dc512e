using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads <see cref="AnalysisSignalEvent"/> as JSON.</summary>
internal static class AnalysisSignalEventJson
{
    private static readonly JsonEncodedText SignalType = JsonEncodedText.Encode("signalType");
    private static readonly JsonEncodedText Severity = JsonEncodedText.Encode("severity");
    private static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");
    private static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");
    private static readonly JsonEncodedText DataTypes = JsonEncodedText.Encode("dataTypes");

    /// <returns>The number of values that were replaced with the name of their type.</returns>
    public static int Write(Utf8JsonWriter json, AnalysisSignalEvent source)
    {
        EventJson.WriteCommon(json, source);
        EnumText<AnalysisSignalType>.Write(json, SignalType, source.SignalType, source.UnknownValues);
        EnumText<SignalSeverity>.Write(json, Severity, source.Severity, source.UnknownValues);
        json.WriteString(Message, source.Message);
        return source.Data is null ? 0 : AttributesJson.Write(json, Data, DataTypes, source.Data);
    }

    public static AnalysisSignalEvent Read(ref JsonCursor json)
    {
        var header = default(EventHeader);
        AnalysisSignalType? signalType = null;
        SignalSeverity? severity = null;
        string? message = null;
        var hasData = false;
        var data = json;
        Dictionary<string, object>? dataTypes = null;
        Dictionary<string, string>? unknown = null;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "signalType":
                    signalType = json.Value<AnalysisSignalType>("signalType", ref unknown);
                    break;
                case "severity":
                    severity = json.Value<SignalSeverity>("severity", ref unknown);
                    break;
                case "message":
                    message = json.Text();
                    break;
                case "data":
                    hasData = json.TokenType != JsonTokenType.Null;
                    data = json;
                    json.Skip();
                    break;
                case "dataTypes":
                    dataTypes = AttributesJson.ReadTypes(ref json);
                    break;
                default:
                    if (!header.TryRead(ref json, name))
                    {
                        json.Skip();
                    }

                    break;
            }
        }

        return new AnalysisSignalEvent
        {
            SchemaVersion = header.SchemaVersion(json),
            ExperimentName = header.ExperimentName(json),
            Timestamp = header.Timestamp(json),
            SignalType = signalType ?? throw json.Missing("signalType"),
            Severity = severity ?? throw json.Missing("severity"),
            Message = message ?? throw json.Missing("message"),
            Data = hasData ? AttributesJson.Read(ref data, dataTypes) : null,
            UnknownValues = unknown,
        };
    }
}
