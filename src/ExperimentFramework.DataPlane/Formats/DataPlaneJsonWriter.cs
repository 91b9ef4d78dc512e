using System.Text.Encodings.Web;
using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Writes envelopes as JSON, one after the other, into one rented buffer, so that nothing is allocated per event. For use by destinations. Instances are not
/// thread-safe.
/// </summary>
public sealed class DataPlaneJsonWriter : IDisposable
{
    /// <summary>Escapes only what JSON requires, because the output is not embedded in web pages.</summary>
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly PooledBuffer _buffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly EventFormat _format;

    /// <summary>Initializes a writer of <see cref="EventFormat.Json"/>.</summary>
    public DataPlaneJsonWriter()
        : this(EventFormat.Json)
    {
    }

    /// <summary>Initializes a writer.</summary>
    /// <param name="format">The format; CloudEvents are written in structured mode.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="format"/> is not defined.</exception>
    public DataPlaneJsonWriter(EventFormat format)
    {
        _format = Enum.IsDefined(format) ? format : throw new ArgumentOutOfRangeException(nameof(format), format, "The format is not defined.");
        _json = new Utf8JsonWriter(_buffer, Options);
    }

    /// <summary>The total number of values that could not be written and were replaced with the name of their type.</summary>
    public long ReplacedValues { get; private set; }

    /// <summary>Writes an envelope as one line of JSON.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <returns>The JSON in UTF-8, valid until the next call.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="envelope"/> is null.</exception>
    public ReadOnlyMemory<byte> Write(DataPlaneEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        Begin();
        ReplacedValues += _format == EventFormat.CloudEvents ? CloudEventJson.Write(_json, envelope) : EnvelopeJson.Write(_json, envelope);
        _json.Flush();
        return _buffer.Written;
    }

    /// <summary>Writes an event without its envelope: the body of a message whose headers contain the rest, as for CloudEvents in binary mode.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <returns>The JSON in UTF-8, valid until the next call.</returns>
    internal ReadOnlyMemory<byte> WritePayload(DataPlaneEnvelope envelope)
    {
        Begin();
        ReplacedValues += EventPayloadJson.Write(_json, envelope.Payload);
        _json.Flush();
        return _buffer.Written;
    }

    /// <summary>Returns the buffer to the pool.</summary>
    public void Dispose()
    {
        _json.Dispose();
        _buffer.Dispose();
    }

    private void Begin()
    {
        _buffer.Clear();
        _json.Reset();
    }
}
