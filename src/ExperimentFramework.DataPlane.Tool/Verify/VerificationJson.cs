using System.Text.Json;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes a verification as JSON.</summary>
internal static class VerificationJson
{
    public static void Write(Utf8JsonWriter json, Verification verification)
    {
        json.WriteString("verdict", verification.StateText);
        json.WriteNumber("events", verification.Summary.Events);
        json.WriteNumber("faults", verification.Faults.Count);
        json.WriteObjects("firstFaults", verification.Faults.First, fault =>
        {
            json.WriteString("file", fault.File);
            WriteNumber(json, "line", fault.Line);
            WriteNumber(json, "partition", fault.MessagePlace?.Partition);
            WriteNumber(json, "offset", fault.MessagePlace?.Offset);
            json.WriteString("field", fault.Field);
            json.WriteString("message", fault.Message);
        });
        json.WriteNumber("duplicates", verification.Summary.Duplicates);
        json.WriteBoolean("duplicatesAreEstimated", verification.Summary.DuplicatesAreEstimated);
        json.WriteString("completeness", CompletenessText.Of(CompletenessText.Worst(verification.Producers)));
        json.WriteObjects("producers", verification.Producers, producer =>
        {
            InspectionJson.WriteProducer(json, producer);
            json.WriteObjects("categories", producer.Categories, category =>
            {
                json.WriteString("eventType", category.Category);
                json.WriteNumber("expected", category.Expected);
                json.WriteNumber("arrived", category.Arrived);
                json.WriteNumber("missing", category.Missing);
            });
        });
        json.WriteObjects("unknownFields", verification.UnknownFields.All, field =>
        {
            json.WriteString("eventType", field.Category);
            json.WriteString("field", field.Path);
            json.WriteNumber("events", field.Count);
            Write(json, field.First);
        });
        json.WriteStartObject("clocks");
        Write(json, "future", verification.Clocks.Future);
        Write(json, "afterId", verification.Clocks.AfterId);
        json.WriteObjects("setBack", verification.ClocksSetBack, clock =>
        {
            json.WriteString("producerId", clock.Producer);
            json.WriteNumber("seconds", clock.SetBack.TotalSeconds);
        });
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ClockFinding finding)
    {
        json.WriteStartObject(name);
        json.WriteNumber("events", finding.Count);
        json.WriteNumber("largestSeconds", finding.Largest.TotalSeconds);
        Write(json, finding.First);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, EventPlace? first)
    {
        json.WriteString("file", first?.File);
        WriteNumber(json, "line", first?.Number);
        json.WriteString("eventId", first?.EventId.ToString());
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
