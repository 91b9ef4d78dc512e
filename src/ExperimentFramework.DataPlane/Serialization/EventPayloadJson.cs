using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads the contents of an envelope, in any format: the event, and metadata.</summary>
internal static class EventPayloadJson
{
    /// <summary>Writes an event as an object.</summary>
    /// <returns>The number of values that were replaced with the name of their type.</returns>
    public static int Write(Utf8JsonWriter json, DataPlaneEvent payload)
    {
        if (payload is UnknownEvent unknown)
        {
            json.WriteRawValue(OneLine(unknown.Json));
            return 0;
        }

        var replaced = 0;
        json.WriteStartObject();
        switch (payload)
        {
            case ExposureEvent exposure:
                replaced = ExposureEventJson.Write(json, exposure);
                break;
            case AssignmentEvent assignment:
                AssignmentEventJson.Write(json, assignment);
                break;
            case OutcomeEvent outcome:
                OutcomeEventJson.Write(json, outcome);
                break;
            case AnalysisSignalEvent signal:
                replaced = AnalysisSignalEventJson.Write(json, signal);
                break;
            case ErrorEvent error:
                replaced = ErrorEventJson.Write(json, error);
                break;
            case AccountingEvent account:
                AccountingEventJson.Write(json, account);
                break;
            case MetricEvent metric:
                replaced = MetricEventJson.Write(json, metric);
                break;
        }

        json.WriteEndObject();
        return replaced;
    }

    /// <summary>Reads an event.</summary>
    /// <param name="json">The cursor, at the event's object.</param>
    /// <param name="eventType">The name of the event's category; a category that this version does not know is read as an <see cref="UnknownEvent"/>.</param>
    /// <param name="category">The category; undefined if its name is not known.</param>
    public static DataPlaneEvent Read(ref JsonCursor json, string eventType, out DataPlaneEventType category)
    {
        if (EnumText<DataPlaneEventType>.TryParse(eventType, out category))
        {
            return ReadKnown(ref json, category);
        }

        category = EnumText<DataPlaneEventType>.Unknown;
        return ReadUnknown(ref json, eventType);
    }

    /// <summary>Writes metadata as an object.</summary>
    public static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject();
        foreach (var (name, value) in WellFormed(metadata))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    /// <summary>Reads metadata from an object.</summary>
    public static Dictionary<string, string> ReadMetadata(ref JsonCursor json)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            metadata[name] = json.Text();
        }

        return metadata;
    }

    /// <summary>Rejects names that differ only in unpaired surrogates: they would be written as a duplicate name, which no reader accepts.</summary>
    private static IReadOnlyDictionary<string, string> WellFormed(IReadOnlyDictionary<string, string> metadata)
    {
        var isWellFormed = true;
        foreach (var (name, _) in metadata)
        {
            isWellFormed &= WellFormedText.IsWellFormed(name);
        }

        if (isWellFormed)
        {
            return metadata;
        }

        var wellFormed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in metadata)
        {
            wellFormed[WellFormedText.Of(name)] = value;
        }

        return wellFormed;
    }

    /// <summary>Removes white space with line ends, as indented text has it, and keeps numbers and escapes as they are: in files, an event is one line.</summary>
    private static string OneLine(string json)
    {
        if (json.AsSpan().IndexOfAny('\n', '\r') < 0)
        {
            return json;
        }

        var line = new StringBuilder(json.Length);
        var (isText, isEscaped) = (false, false);
        foreach (var character in json)
        {
            if (isText || character is not (' ' or '\t' or '\r' or '\n'))
            {
                line.Append(character);
            }

            isText ^= character == '"' && !isEscaped;
            isEscaped = isText && character == '\\' && !isEscaped;
        }

        return line.ToString();
    }

    private static DataPlaneEvent ReadKnown(ref JsonCursor json, DataPlaneEventType category) => category switch
    {
        DataPlaneEventType.Exposure => ExposureEventJson.Read(ref json),
        DataPlaneEventType.Assignment => AssignmentEventJson.Read(ref json),
        DataPlaneEventType.Outcome => OutcomeEventJson.Read(ref json),
        DataPlaneEventType.AnalysisSignal => AnalysisSignalEventJson.Read(ref json),
        DataPlaneEventType.Metric => MetricEventJson.Read(ref json),
        DataPlaneEventType.Accounting => AccountingEventJson.Read(ref json),
        _ => ErrorEventJson.Read(ref json),
    };

    private static UnknownEvent ReadUnknown(ref JsonCursor json, string eventType)
    {
        var text = json;
        string? experimentName = null;
        DateTimeOffset? timestamp = null;
        string? schemaVersion = null;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "experimentName":
                    experimentName = json.Text();
                    break;
                case "timestamp":
                    timestamp = json.Time();
                    break;
                case "schemaVersion":
                    schemaVersion = EventJson.ReadVersion(ref json);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new UnknownEvent
        {
            SchemaVersion = schemaVersion ?? throw json.Missing("schemaVersion"),
            ExperimentName = experimentName ?? throw json.Missing("experimentName"),
            Timestamp = timestamp ?? throw json.Missing("timestamp"),
            EventTypeName = eventType,
            Json = Encoding.UTF8.GetString(text.Raw()),
        };
    }
}
