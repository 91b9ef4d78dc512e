using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>A part of a batch as lines of JSON, in memory that is reused. Not thread-safe.</summary>
internal sealed class EventLines(EventFormat format) : IDisposable
{
    /// <summary>The longest line that is written, and that readers accept by default: 16 MiB.</summary>
    public const int MaxLineBytes = 16 * 1024 * 1024;

    private readonly DataPlaneJsonWriter _json = new(format);
    private readonly PooledBuffer _lines = new();

    /// <summary>The lines, each with its end.</summary>
    public ReadOnlyMemory<byte> Written => _lines.Written;

    /// <summary>Appends an event.</summary>
    /// <returns>Why the event can never be written; null if it was.</returns>
    public EventRejectedException? TryAppend(DataPlaneEnvelope envelope)
    {
        ReadOnlyMemory<byte> line;
        try
        {
            line = _json.Write(envelope);
        }
        catch (Exception exception)
        {
            // Reading an application's values may run any code.
            return new EventRejectedException("An event cannot be written as JSON.", exception);
        }

        if (line.Length > MaxLineBytes)
        {
            return SafeText.Own(new EventRejectedException(string.Create(
                CultureInfo.InvariantCulture, $"An event has {line.Length} bytes of JSON; at most {MaxLineBytes} can be written. Lower DataPlaneOptions.MaxAttributeLength.")));
        }

        var target = _lines.GetSpan(line.Length + 1);
        line.Span.CopyTo(target);
        target[line.Length] = (byte)'\n';
        _lines.Advance(line.Length + 1);
        return null;
    }

    public void Clear() => _lines.Clear();

    public void Dispose()
    {
        _json.Dispose();
        _lines.Dispose();
    }
}
