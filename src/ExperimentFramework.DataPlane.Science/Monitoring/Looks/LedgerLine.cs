using System.Buffers;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>A look as a line of JSON.</summary>
internal static class LedgerLine
{
    /// <summary>Writes a look, with the line feed.</summary>
    public static byte[] Write(AnalysisLook look)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", look.Timestamp);
            json.WriteString("by", look.By);
            json.WriteString("experiment", look.ExperimentName);
            json.WriteNumber("run", look.Run);
            if (look.Metric is { } metric)
            {
                json.WriteString("metric", metric);
            }

            json.WriteNumber("subjects", look.Subjects);
            json.WriteString("shown", look.Shown);
            if (look.PlanHash is { } hash)
            {
                json.WriteString("planHash", hash);
            }

            if (look.Reason is { } reason)
            {
                json.WriteString("reason", reason);
            }

            if (look.AlphaSpent is { } spent)
            {
                json.WriteNumber("alphaSpent", spent);
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a look.</summary>
    /// <returns>The look; null if the line cannot be read as a look.</returns>
    public static AnalysisLook? Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            return new AnalysisLook
            {
                Timestamp = root.GetProperty("timestamp").GetDateTimeOffset(),
                By = root.GetProperty("by").GetString()!,
                ExperimentName = root.GetProperty("experiment").GetString()!,
                Run = root.GetProperty("run").GetInt32(),
                Metric = root.TryGetProperty("metric", out var metric) ? metric.GetString() : null,
                Subjects = root.GetProperty("subjects").GetInt64(),
                Shown = root.GetProperty("shown").GetString()!,
                PlanHash = root.TryGetProperty("planHash", out var hash) ? hash.GetString() : null,
                Reason = root.TryGetProperty("reason", out var reason) ? reason.GetString() : null,
                AlphaSpent = root.TryGetProperty("alphaSpent", out var spent) ? spent.GetDouble() : null,
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
