using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Finds the partition of an event in its JSON of either format, without reading the rest of it.</summary>
internal static class EventPartition
{
    /// <summary>Finds the experiment and the day in UTC.</summary>
    /// <returns>Null if the line is not an event.</returns>
    public static (string Experiment, DateOnly Date)? Find(ReadOnlySpan<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            DateOnly? date = null;
            string? experiment = null;
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("timestamp"u8) || json.ValueTextEquals("time"u8))
                {
                    json.Read();
                    date = DateOnly.FromDateTime(json.GetDateTimeOffset().UtcDateTime);
                }
                else if (json.ValueTextEquals("payload"u8) || json.ValueTextEquals("data"u8))
                {
                    json.Read();
                    experiment = FindExperiment(ref json);
                }
                else
                {
                    json.Skip();
                }
            }

            return date is { } day && experiment is not null ? (experiment, day) : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? FindExperiment(ref Utf8JsonReader json)
    {
        string? experiment = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isExperiment = json.ValueTextEquals("experimentName"u8);
            json.Skip();
            experiment = isExperiment ? json.GetString() : experiment;
        }

        return experiment;
    }
}
