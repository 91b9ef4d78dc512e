using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads the rows of accounts as JSON.</summary>
internal static class AccountRowJson
{
    private static readonly JsonEncodedText ExperimentName = JsonEncodedText.Encode("experimentName");
    private static readonly JsonEncodedText VariantKey = JsonEncodedText.Encode("variantKey");
    private static readonly JsonEncodedText EventType = JsonEncodedText.Encode("eventType");
    private static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    private static readonly JsonEncodedText Count = JsonEncodedText.Encode("count");
    private static readonly JsonEncodedText OriginalProducerId = JsonEncodedText.Encode("originalProducerId");
    private static readonly JsonEncodedText ExposingCalls = JsonEncodedText.Encode("exposingCalls");
    private static readonly JsonEncodedText RepeatsNotRecorded = JsonEncodedText.Encode("repeatsNotRecorded");
    private static readonly JsonEncodedText SampledOut = JsonEncodedText.Encode("sampledOut");
    private static readonly JsonEncodedText NoSubject = JsonEncodedText.Encode("noSubject");

    /// <summary>Reads a row.</summary>
    public delegate TRow Reader<out TRow>(ref JsonCursor json);

    public static void Write(Utf8JsonWriter json, AccountedCalls row)
    {
        json.WriteString(ExperimentName, row.ExperimentName);
        json.WriteString(VariantKey, row.VariantKey);
        json.WriteNumber(ExposingCalls, row.ExposingCalls);
        json.WriteNumber(RepeatsNotRecorded, row.RepeatsNotRecorded);
        json.WriteNumber(SampledOut, row.SampledOut);
        json.WriteNumber(NoSubject, row.NoSubject);
    }

    public static void Write(Utf8JsonWriter json, AccountedEvents row)
    {
        json.WriteString(ExperimentName, row.ExperimentName);
        json.WriteString(VariantKey, row.VariantKey);
        json.WriteString(EventType, row.EventType);
        json.WriteNumber(Count, row.Count);
    }

    public static void Write(Utf8JsonWriter json, AccountedDrops row)
    {
        json.WriteString(ExperimentName, row.ExperimentName);
        json.WriteString(VariantKey, row.VariantKey);
        json.WriteString(EventType, row.EventType);
        json.WriteString(Reason, row.Reason);
        json.WriteNumber(Count, row.Count);
        EventJson.WriteOptional(json, OriginalProducerId, row.OriginalProducerId);
    }

    public static AccountedCalls ReadCalls(ref JsonCursor json)
    {
        var row = Read(ref json);
        return new AccountedCalls
        {
            ExperimentName = row.ExperimentName ?? throw json.Missing("experimentName"),
            VariantKey = row.VariantKey ?? throw json.Missing("variantKey"),
            ExposingCalls = row.ExposingCalls ?? throw json.Missing("exposingCalls"),
            RepeatsNotRecorded = row.RepeatsNotRecorded ?? throw json.Missing("repeatsNotRecorded"),
            SampledOut = row.SampledOut ?? throw json.Missing("sampledOut"),
            NoSubject = row.NoSubject ?? throw json.Missing("noSubject"),
        };
    }

    public static AccountedEvents ReadEvents(ref JsonCursor json)
    {
        var row = Read(ref json);
        return new AccountedEvents
        {
            ExperimentName = row.ExperimentName ?? throw json.Missing("experimentName"),
            VariantKey = row.VariantKey ?? throw json.Missing("variantKey"),
            EventType = row.EventType ?? throw json.Missing("eventType"),
            Count = row.Count ?? throw json.Missing("count"),
        };
    }

    public static AccountedDrops ReadDrops(ref JsonCursor json)
    {
        var row = Read(ref json);
        return new AccountedDrops
        {
            ExperimentName = row.ExperimentName ?? throw json.Missing("experimentName"),
            VariantKey = row.VariantKey ?? throw json.Missing("variantKey"),
            EventType = row.EventType ?? throw json.Missing("eventType"),
            Reason = row.Reason ?? throw json.Missing("reason"),
            Count = row.Count ?? throw json.Missing("count"),
            OriginalProducerId = row.OriginalProducerId,
        };
    }

    private static Row Read(ref JsonCursor json)
    {
        var row = default(Row);
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "experimentName":
                    row.ExperimentName = json.Text();
                    break;
                case "variantKey":
                    row.VariantKey = json.Text();
                    break;
                case "eventType":
                    row.EventType = json.Text();
                    break;
                case "reason":
                    row.Reason = json.Text();
                    break;
                case "originalProducerId":
                    row.OriginalProducerId = json.OptionalText();
                    break;
                case "count":
                    row.Count = json.Integer();
                    break;
                case "exposingCalls":
                    row.ExposingCalls = json.Integer();
                    break;
                case "repeatsNotRecorded":
                    row.RepeatsNotRecorded = json.Integer();
                    break;
                case "sampledOut":
                    row.SampledOut = json.Integer();
                    break;
                case "noSubject":
                    row.NoSubject = json.Integer();
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return row;
    }

    /// <summary>The fields of all rows.</summary>
    private struct Row
    {
        public string? ExperimentName;
        public string? VariantKey;
        public string? EventType;
        public string? Reason;
        public string? OriginalProducerId;
        public long? Count;
        public long? ExposingCalls;
        public long? RepeatsNotRecorded;
        public long? SampledOut;
        public long? NoSubject;
    }
}
