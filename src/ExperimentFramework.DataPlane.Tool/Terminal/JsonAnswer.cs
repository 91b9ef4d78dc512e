using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes the answer of a command as one JSON object.</summary>
internal static class JsonAnswer
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an object to the output, at once: nothing is written if it cannot be made.</summary>
    public static async Task WriteJsonAsync(this ToolConsole console, Action<Utf8JsonWriter> writeMembers, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            writeMembers(json);
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        await console.RawOutput.WriteAsync(bytes.WrittenMemory, cancellationToken);
        await console.RawOutput.FlushAsync(cancellationToken);
    }

    /// <summary>Writes an array of objects.</summary>
    public static void WriteObjects<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> writeMembers)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            writeMembers(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes an array of texts.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a time as events have it, or null.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            json.WriteString(name, TimeText.Exact(known));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
