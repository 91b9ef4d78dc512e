using System.Text.Json;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// The attributes of an event: a map of strings, the types of those that are not strings, and a further typed column for each attribute that was
/// requested.
/// </summary>
internal sealed class AttributeColumns : IDisposable
{
    private readonly MapColumn _map = new("attributes", "The attributes: text as it is, any other value as JSON.");
    private readonly TextColumn _types = new(AttributeColumnNames.Types, "The types of attributes that are not text; only readers need them.", isOptional: true, isJson: true);
    private readonly PromotedAttribute[] _promoted;
    private readonly JsonText _typesText = new();
    private readonly JsonText _valueText = new();

    /// <param name="promoted">The attributes that have their own column, by name.</param>
    public AttributeColumns(IReadOnlyDictionary<string, ParquetAttributeType> promoted) =>
        _promoted = [.. promoted.OrderBy(attribute => attribute.Key, StringComparer.Ordinal).Select(attribute => PromotedAttribute.Create(attribute.Key, attribute.Value))];

    public IReadOnlyList<Column> All => [_map, _types, .. _promoted.Select(attribute => attribute.Column)];

    public void Add(IReadOnlyDictionary<string, object?>? attributes)
    {
        var values = attributes is null ? null : AttributesJson.Canonical(attributes, out _);
        foreach (var attribute in _promoted)
        {
            attribute.Add(values?.GetValueOrDefault(attribute.Name));
        }

        if (values is null)
        {
            _map.AddNull();
            _types.Add(null);
            return;
        }

        var first = _map.Keys.Count;
        Utf8JsonWriter? types = null;
        foreach (var (name, value) in values)
        {
            _map.Keys.Add(name);
            AddValue(value);
            if (value is not (null or string))
            {
                if (types is null)
                {
                    types = _typesText.Begin();
                    types.WriteStartObject();
                }

                AttributeTypes.Write(types, name, value);
            }
        }

        _map.Add(first);
        AddTypes(types);
    }

    /// <summary>The attributes of a row; null if it has none.</summary>
    public Dictionary<string, object?>? Read(int row)
    {
        if (_map[row] is not var (start, end))
        {
            return null;
        }

        var types = _types.Values.IsNull(row) ? null : AttributeTypes.Read(_types.Values[row]);
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var entry = start; entry < end; entry++)
        {
            var name = _map.Keys.Text(entry)!;
            attributes[name] = types?.GetValueOrDefault(name) is { } type && !_map.Values.IsNull(entry)
                ? AttributeTypes.Value(type, _map.Values[entry])
                : _map.Values.Text(entry);
        }

        return attributes;
    }

    public void Dispose()
    {
        _typesText.Dispose();
        _valueText.Dispose();
    }

    private void AddValue(object? value)
    {
        var values = _map.Values;
        switch (value)
        {
            case null or string:
                values.Add((string?)value);
                break;
            case bool boolean:
                values.Add(boolean ? "true"u8 : "false"u8);
                break;
            case long number:
                values.AddFormatted(number, default);
                break;
            case double number:
                values.AddFormatted(number, "R");
                break;
            case decimal number:
                values.AddFormatted(number, default);
                break;
            case Guid id:
                values.AddFormatted(id, "D");
                break;
            case DateTimeOffset time:
                values.AddFormatted(time, "O");
                break;
            default:
                values.Add(AttributeTypes.Json(_valueText, value));
                break;
        }
    }

    private void AddTypes(Utf8JsonWriter? types)
    {
        if (types is null)
        {
            _types.Add(null);
            return;
        }

        types.WriteEndObject();
        var text = _typesText.End();
        var previous = _types.Values.Count - 1;
        if (previous >= 0 && _types.Values[previous].SequenceEqual(text))
        {
            _types.Values.Repeat();
        }
        else
        {
            _types.Values.Add(text);
        }
    }
}
