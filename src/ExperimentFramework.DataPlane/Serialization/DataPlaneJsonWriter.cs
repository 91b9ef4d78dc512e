using System.Text.Encodings.Web;
using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Writes envelopes as JSON, one after the other, into one rented buffer: nothing is allocated per event. For destinations; not for several
/// threads at once.
/// </summary>
public sealed class DataPlaneJsonWriter : IDisposable
{
    /// <summary>Only what JSON asks for is escaped: the text is not meant to stand inside a web page.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly PooledBuffer _buffer = new();
    private readonly Utf8JsonWriter _json;

    /// <summary>Creates a writer.</summary>
    public DataPlaneJsonWriter() => _json = new Utf8JsonWriter(_buffer, Options);

    /// <summary>How many attribute values could not be written, so that their type's name stands in their place.</summary>
    public long ReplacedValues { get; private set; }

    /// <summary>Writes an envelope as one line of JSON.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <returns>The text in UTF-8, valid until the next call.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="envelope"/> is null.</exception>
    public ReadOnlyMemory<byte> Write(DataPlaneEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        _buffer.Clear();
        _json.Reset();
        ReplacedValues += EnvelopeJson.Write(_json, envelope);
        _json.Flush();
        return _buffer.Written;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        _json.Dispose();
        _buffer.Dispose();
    }
}
