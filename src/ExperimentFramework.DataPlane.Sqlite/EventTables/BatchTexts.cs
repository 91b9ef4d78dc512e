using System.Text.Json;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// The JSON columns of a batch. They are written before the file is locked, because attributes and metadata may be dictionaries of the
/// application, which may throw or be slow.
/// </summary>
internal sealed class BatchTexts : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly PooledBuffer _buffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly List<EventTexts> _events = [];

    public BatchTexts() => _json = new Utf8JsonWriter(_buffer, Options);

    /// <summary>The texts of an event of the batch.</summary>
    public EventTexts this[int index] => _events[index];

    /// <summary>Writes the texts of a batch, replacing those of the previous batch.</summary>
    public void Write(IReadOnlyList<DataPlaneEnvelope> envelopes)
    {
        _events.Clear();
        _buffer.Clear();
        for (var i = 0; i < envelopes.Count; i++)
        {
            _events.Add(TryWrite(envelopes[i]));
        }
    }

    /// <summary>The text itself; empty if there is none.</summary>
    public ReadOnlySpan<byte> this[TextRange range] => _buffer.Written.Span.Slice(range.Start, range.Length);

    public void Dispose()
    {
        _json.Dispose();
        _buffer.Dispose();
    }

    private EventTexts TryWrite(DataPlaneEnvelope envelope)
    {
        try
        {
            var values = envelope.Payload switch
            {
                ExposureEvent exposure => exposure.Attributes,
                MetricEvent metric => metric.Attributes,
                AnalysisSignalEvent signal => signal.Data,
                ErrorEvent error => error.Data,
                _ => null,
            };
            var start = Begin();
            if (envelope.Metadata is { } metadata)
            {
                EventPayloadJson.WriteMetadata(_json, metadata);
            }

            var metadataRange = End(start);
            var canonical = values is null ? null : AttributesJson.Canonical(values, out _);
            start = Begin();
            var isTyped = canonical is not null && AttributesJson.WriteValues(_json, canonical);
            var valuesRange = End(start);
            start = Begin();
            if (isTyped)
            {
                AttributesJson.WriteTypes(_json, canonical!);
            }

            return new EventTexts(metadataRange, valuesRange, End(start), null);
        }
        catch (Exception exception)
        {
            return new EventTexts(default, default, default, exception);
        }
    }

    private int Begin()
    {
        _json.Reset();
        return _buffer.Written.Length;
    }

    private TextRange End(int start)
    {
        _json.Flush();
        return new TextRange(start, _buffer.Written.Length - start);
    }
}

/// <summary>Where the JSON columns of an event are, or why it has none.</summary>
/// <param name="Metadata">The metadata.</param>
/// <param name="Values">The attributes or data.</param>
/// <param name="Types">The types of the attributes or data.</param>
/// <param name="Error">Why the event cannot be written; null if it can.</param>
internal readonly record struct EventTexts(TextRange Metadata, TextRange Values, TextRange Types, Exception? Error);

/// <summary>A part of the texts of a batch; empty if the column is null, because JSON is never empty.</summary>
internal readonly record struct TextRange(int Start, int Length);
