using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Envelopes as JSON and back: camelCase names, enumerations as text, times in UTC with seven digits, durations in seconds, absent instead of
/// null. The schemas are in <c>docs/schemas</c>. Whoever writes many envelopes uses a <see cref="DataPlaneJsonWriter"/>.
/// </summary>
public static class DataPlaneJson
{
    /// <summary>Writes an envelope as one line of JSON.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <returns>The JSON text.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="envelope"/> is null.</exception>
    public static string Serialize(DataPlaneEnvelope envelope)
    {
        using var writer = new DataPlaneJsonWriter();
        return Encoding.UTF8.GetString(writer.Write(envelope).Span);
    }

    /// <summary>Reads an envelope; fields it does not know are passed over, and names of enumerations it does not know are kept.</summary>
    /// <param name="json">The JSON text.</param>
    /// <returns>The envelope.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="json"/> is null.</exception>
    /// <exception cref="JsonException">The text is not an envelope; the message names field, place and what was expected.</exception>
    public static DataPlaneEnvelope Deserialize(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(json.Length));
        try
        {
            return Deserialize(bytes.AsSpan(0, Encoding.UTF8.GetBytes(json, bytes)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Reads an envelope; fields it does not know are passed over, and names of enumerations it does not know are kept.</summary>
    /// <param name="utf8Json">The JSON text in UTF-8.</param>
    /// <returns>The envelope.</returns>
    /// <exception cref="JsonException">The text is not an envelope; the message names field, place and what was expected.</exception>
    public static DataPlaneEnvelope Deserialize(ReadOnlySpan<byte> utf8Json)
    {
        var json = new JsonCursor(utf8Json);
        json.Start();
        var envelope = EnvelopeJson.Read(ref json);
        json.End();
        return envelope;
    }
}
