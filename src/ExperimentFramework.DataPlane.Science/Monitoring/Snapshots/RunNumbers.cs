using System.Text.Json;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The last run of each experiment and its verdict: one JSON object per line.</summary>
internal static class RunNumbers
{
    /// <summary>Writes the runs.</summary>
    public static void Write(Stream stream, IEnumerable<RunNumber> runs)
    {
        using var writer = new Utf8JsonWriter(stream);
        foreach (var run in runs)
        {
            writer.WriteStartObject();
            writer.WriteString("experiment", run.Experiment);
            writer.WriteNumber("run", run.Run);
            writer.WriteNumber("logPValue", Math.Max(run.LogPValue, double.MinValue));
            writer.WriteEndObject();
            writer.Flush();
            writer.Reset();
            stream.WriteByte((byte)'\n');
        }
    }

    /// <summary>Reads the runs. Damaged lines are skipped.</summary>
    public static IReadOnlyList<RunNumber> Read(ReadOnlySpan<byte> content)
    {
        List<RunNumber> runs = [];
        foreach (var line in content.Split((byte)'\n'))
        {
            if (TryRead(content[line]) is { } run)
            {
                runs.Add(run);
            }
        }

        return runs;
    }

    private static RunNumber? TryRead(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("experiment", out var experiment) && experiment.ValueKind == JsonValueKind.String
                && root.TryGetProperty("run", out var number) && number.TryGetInt32(out var run) && run > 0
                && root.TryGetProperty("logPValue", out var logPValue) && logPValue.ValueKind == JsonValueKind.Number && logPValue.TryGetDouble(out var smallest)
                ? new RunNumber(experiment.GetString()!, run, smallest)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
