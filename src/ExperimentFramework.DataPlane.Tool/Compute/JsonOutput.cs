using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes outputs: numbers in round-trip form, infinities as the texts "Infinity" and "-Infinity", and null for what is not a number.</summary>
internal static class JsonOutput
{
    public static void Write(this Utf8JsonWriter json, string name, double? value)
    {
        json.WritePropertyName(name);
        json.WriteValue(value);
    }

    public static void Write(this Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteValue(value);
        }

        json.WriteEndArray();
    }

    public static void Write(this Utf8JsonWriter json, string name, IEnumerable<long> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    public static void Write(this Utf8JsonWriter json, string name, SampleRatioSeverity severity) =>
        json.WriteString(name, severity switch
        {
            SampleRatioSeverity.None => "none",
            SampleRatioSeverity.Warning => "warning",
            SampleRatioSeverity.Alert => "alert",
            SampleRatioSeverity.Insufficient => "insufficient",
            SampleRatioSeverity.NotTestable => "notTestable",
            _ => throw new InvalidOperationException($"The severity {severity} has no name."),
        });

    private static void WriteValue(this Utf8JsonWriter json, double? value)
    {
        if (value is not { } number || double.IsNaN(number))
        {
            json.WriteNullValue();
        }
        else if (double.IsInfinity(number))
        {
            json.WriteStringValue(number > 0 ? "Infinity" : "-Infinity");
        }
        else
        {
            json.WriteNumberValue(number == 0 ? 0 : number);
        }
    }
}
