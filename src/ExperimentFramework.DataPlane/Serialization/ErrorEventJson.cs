using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads <see cref="ErrorEvent"/> as JSON.</summary>
internal static class ErrorEventJson
{
    private static readonly JsonEncodedText Source = JsonEncodedText.Encode("source");
    private static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");
    private static readonly JsonEncodedText ErrorType = JsonEncodedText.Encode("errorType");
    private static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");
    private static readonly JsonEncodedText DataTypes = JsonEncodedText.Encode("dataTypes");

    /// <returns>The number of values that were replaced with the name of their type.</returns>
    public static int Write(Utf8JsonWriter json, ErrorEvent source)
    {
        EventJson.WriteCommon(json, source);
        json.WriteString(Source, source.Source);
        json.WriteString(Message, source.Message);
        EventJson.WriteOptional(json, ErrorType, source.ErrorType);
        return source.Data is null ? 0 : AttributesJson.Write(json, Data, DataTypes, source.Data);
    }

    public static ErrorEvent Read(ref JsonCursor json)
    {
        var header = default(EventHeader);
        string? source = null;
        string? message = null;
        string? errorType = null;
        var hasData = false;
        var data = json;
        Dictionary<string, object>? dataTypes = null;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "source":
                    source = json.Text();
                    break;
                case "message":
                    message = json.Text();
                    break;
                case "errorType":
                    errorType = json.OptionalText();
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

        return new ErrorEvent
        {
            SchemaVersion = header.SchemaVersion(json),
            ExperimentName = header.ExperimentName(json),
            Timestamp = header.Timestamp(json),
            Source = source ?? throw json.Missing("source"),
            Message = message ?? throw json.Missing("message"),
            ErrorType = errorType,
            Data = hasData ? AttributesJson.Read(ref data, dataTypes) : null,
        };
    }
}
