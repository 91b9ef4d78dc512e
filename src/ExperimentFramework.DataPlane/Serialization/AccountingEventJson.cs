using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads <see cref="AccountingEvent"/> as JSON.</summary>
internal static class AccountingEventJson
{
    private static readonly JsonEncodedText ProducerId = JsonEncodedText.Encode("producerId");
    private static readonly JsonEncodedText Destination = JsonEncodedText.Encode("destination");
    private static readonly JsonEncodedText SequenceNumber = JsonEncodedText.Encode("sequenceNumber");
    private static readonly JsonEncodedText PartNumber = JsonEncodedText.Encode("partNumber");
    private static readonly JsonEncodedText PartCount = JsonEncodedText.Encode("partCount");
    private static readonly JsonEncodedText IntervalStart = JsonEncodedText.Encode("intervalStart");
    private static readonly JsonEncodedText IntervalEnd = JsonEncodedText.Encode("intervalEnd");
    private static readonly JsonEncodedText IsLast = JsonEncodedText.Encode("isLast");
    private static readonly JsonEncodedText Calls = JsonEncodedText.Encode("calls");
    private static readonly JsonEncodedText Published = JsonEncodedText.Encode("published");
    private static readonly JsonEncodedText Drops = JsonEncodedText.Encode("drops");

    public static void Write(Utf8JsonWriter json, AccountingEvent source)
    {
        EventJson.WriteCommon(json, source);
        json.WriteString(ProducerId, source.ProducerId);
        json.WriteString(Destination, source.Destination);
        json.WriteNumber(SequenceNumber, source.SequenceNumber);
        json.WriteNumber(PartNumber, source.PartNumber);
        json.WriteNumber(PartCount, source.PartCount);
        EventJson.WriteTime(json, IntervalStart, source.IntervalStart);
        EventJson.WriteTime(json, IntervalEnd, source.IntervalEnd);
        json.WriteBoolean(IsLast, source.IsLast);
        WriteRows(json, Calls, source.Calls, AccountRowJson.Write);
        WriteRows(json, Published, source.Published, AccountRowJson.Write);
        WriteRows(json, Drops, source.Drops, AccountRowJson.Write);
    }

    public static AccountingEvent Read(ref JsonCursor json)
    {
        var header = default(EventHeader);
        string? producerId = null;
        string? destination = null;
        long? sequenceNumber = null;
        long? partNumber = null;
        long? partCount = null;
        DateTimeOffset? intervalStart = null;
        DateTimeOffset? intervalEnd = null;
        bool? isLast = null;
        List<AccountedCalls>? calls = null;
        List<AccountedEvents>? published = null;
        List<AccountedDrops>? drops = null;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "producerId":
                    producerId = json.Text();
                    break;
                case "destination":
                    destination = json.Text();
                    break;
                case "sequenceNumber":
                    sequenceNumber = json.Integer();
                    break;
                case "partNumber":
                    partNumber = json.Integer();
                    break;
                case "partCount":
                    partCount = json.Integer();
                    break;
                case "intervalStart":
                    intervalStart = json.Time();
                    break;
                case "intervalEnd":
                    intervalEnd = json.Time();
                    break;
                case "isLast":
                    isLast = json.Boolean();
                    break;
                case "calls":
                    calls = ReadRows(ref json, AccountRowJson.ReadCalls);
                    break;
                case "published":
                    published = ReadRows(ref json, AccountRowJson.ReadEvents);
                    break;
                case "drops":
                    drops = ReadRows(ref json, AccountRowJson.ReadDrops);
                    break;
                default:
                    if (!header.TryRead(ref json, name))
                    {
                        json.Skip();
                    }

                    break;
            }
        }

        return new AccountingEvent
        {
            SchemaVersion = header.SchemaVersion(json),
            ExperimentName = header.ExperimentName(json),
            Timestamp = header.Timestamp(json),
            ProducerId = producerId ?? throw json.Missing("producerId"),
            Destination = destination ?? throw json.Missing("destination"),
            SequenceNumber = sequenceNumber ?? throw json.Missing("sequenceNumber"),
            PartNumber = partNumber ?? throw json.Missing("partNumber"),
            PartCount = partCount ?? throw json.Missing("partCount"),
            IntervalStart = intervalStart ?? throw json.Missing("intervalStart"),
            IntervalEnd = intervalEnd ?? throw json.Missing("intervalEnd"),
            IsLast = isLast ?? throw json.Missing("isLast"),
            Calls = calls ?? throw json.Missing("calls"),
            Published = published ?? throw json.Missing("published"),
            Drops = drops ?? throw json.Missing("drops"),
        };
    }

    private static void WriteRows<TRow>(Utf8JsonWriter json, JsonEncodedText name, IReadOnlyList<TRow> rows, Action<Utf8JsonWriter, TRow> write)
    {
        json.WriteStartArray(name);
        for (var i = 0; i < rows.Count; i++)
        {
            json.WriteStartObject();
            write(json, rows[i]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static List<TRow> ReadRows<TRow>(ref JsonCursor json, AccountRowJson.Reader<TRow> read)
    {
        var rows = new List<TRow>();
        var items = json.EnterArray();
        while (json.NextItem(ref items))
        {
            rows.Add(read(ref json));
        }

        return rows;
    }
}
