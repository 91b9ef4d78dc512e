using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Serializes envelopes to JSON and back: camelCase names, enumerations as strings, times in UTC with seven fractional digits, durations in seconds, and
/// absent fields instead of null. The schemas are in <c>docs/schemas</c>. The same events can be written as CloudEvents, and are read from both. To write many envelopes, use a <see cref="DataPlaneJsonWriter"/>.
/// </summary>
public static class DataPlaneJson
{
    /// <summary>Writes an envelope as one line of JSON.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <returns>The JSON.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="envelope"/> is null.</exception>
    public static string Serialize(DataPlaneEnvelope envelope) => Serialize(envelope, EventFormat.Json);

    /// <summary>Writes an envelope as one line of JSON in a format.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <param name="format">The format; CloudEvents are written in structured mode.</param>
    /// <returns>The JSON.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="envelope"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="format"/> is not defined.</exception>
    public static string Serialize(DataPlaneEnvelope envelope, EventFormat format)
    {
        using var writer = new DataPlaneJsonWriter(format);
        return Encoding.UTF8.GetString(writer.Write(envelope).Span);
    }

    /// <summary>Reads an envelope, or a CloudEvent that was made of one. Unknown fields are ignored, and unknown enumeration names are kept.</summary>
    /// <param name="json">The JSON.</param>
    /// <returns>The envelope.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="json"/> is null.</exception>
    /// <exception cref="JsonException">The JSON is neither; the message names the field, its position and what was expected.</exception>
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

    /// <summary>Reads an envelope, or a CloudEvent that was made of one. Unknown fields are ignored, and unknown enumeration names are kept.</summary>
    /// <param name="utf8Json">The JSON in UTF-8.</param>
    /// <returns>The envelope.</returns>
    /// <exception cref="JsonException">The JSON is neither; the message names the field, its position and what was expected.</exception>
    public static DataPlaneEnvelope Deserialize(ReadOnlySpan<byte> utf8Json) => Deserialize(utf8Json, repeated: null);

    /// <summary>Reads one of many envelopes.</summary>
    /// <param name="utf8Json">The JSON in UTF-8.</param>
    /// <param name="repeated">Values shared with earlier envelopes; null if there are none.</param>
    internal static DataPlaneEnvelope Deserialize(ReadOnlySpan<byte> utf8Json, RepeatedJson? repeated)
    {
        var json = new JsonCursor(utf8Json, repeated);
        json.Start();
        var envelope = CloudEventJson.IsCloudEvent(utf8Json) ? CloudEventJson.Read(ref json) : EnvelopeJson.Read(ref json);
        json.End();
        return envelope;
    }
}
