using System.Text.Encodings.Web;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Writes JSON into a buffer that is reused.</summary>
internal sealed class JsonText : IDisposable
{
    // Escapes only what JSON requires, because it is not embedded in web pages.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly PooledBuffer _buffer = new();
    private readonly Utf8JsonWriter _json;

    public JsonText() => _json = new Utf8JsonWriter(_buffer, Options);

    public Utf8JsonWriter Begin()
    {
        _buffer.Clear();
        _json.Reset();
        return _json;
    }

    /// <summary>Returns what has been written since <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> End()
    {
        _json.Flush();
        return _buffer.Written.Span;
    }

    public void Dispose()
    {
        _json.Dispose();
        _buffer.Dispose();
    }
}
