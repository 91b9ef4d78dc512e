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
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly PooledBuffer _buffer = new();
    private readonly Utf8JsonWriter _json;

    /// <summary>Initializes a writer.</summary>
    public DataPlaneJsonWriter() => _json = new Utf8JsonWriter(_buffer, Options);

    /// <summary>The total number of values that could not be written and were replaced with the name of their type.</summary>
    public long ReplacedValues { get; private set; }

    /// <summary>Writes an envelope as one line of JSON.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <returns>The JSON in UTF-8, valid until the next call.</returns>
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

    /// <summary>Returns the buffer to the pool.</summary>
    public void Dispose()
    {
        _json.Dispose();
        _buffer.Dispose();
    }
}
