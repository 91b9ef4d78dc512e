using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// The column of values that their own columns cannot represent exactly: as JSON, by field. Few rows have any, but events must be read back
/// unchanged.
/// </summary>
internal sealed class ExactValues : IDisposable
{
    private readonly PooledBuffer _buffer = new();
    private Utf8JsonWriter? _json;
    private bool _hasValue;

    public TextColumn Column { get; } = new("exact_values", "Values that their columns hold only roughly, by field, as JSON; null in almost all rows. Only readers need them.", isOptional: true, isJson: true);

    /// <summary>Adds a value to the current row.</summary>
    public void Add(string field, string value)
    {
        _json ??= new Utf8JsonWriter(_buffer);
        if (!_hasValue)
        {
            _buffer.Clear();
            _json.Reset();
            _json.WriteStartObject();
            _hasValue = true;
        }

        _json.WriteString(field, value);
    }

    /// <summary>Adds a time to the current row.</summary>
    public void Add(string field, DateTimeOffset value) => Add(field, value.UtcTicks.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ends the row.</summary>
    public void EndRow()
    {
        if (!_hasValue)
        {
            Column.Add(null);
            return;
        }

        _json!.WriteEndObject();
        _json.Flush();
        Column.Values.Add(_buffer.Written.Span);
        _hasValue = false;
    }

    /// <summary>The value of a row; null if the row has none for the field.</summary>
    public string? Text(int row, string field)
    {
        if (Column.Values.IsNull(row))
        {
            return null;
        }

        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(Column.Values[row]));
        return json.RootElement.TryGetProperty(field, out var value) ? value.GetString() : null;
    }

    /// <summary>The number of 100 ns of a row; null if the row has none for the field.</summary>
    public long? Ticks(int row, string field) => Text(row, field) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>The time of a row; null if the row has none for the field.</summary>
    public DateTimeOffset? Time(int row, string field) => Ticks(row, field) is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Discards the current row.</summary>
    public void Reset() => _hasValue = false;

    public void Dispose()
    {
        _json?.Dispose();
        _buffer.Dispose();
    }
}
