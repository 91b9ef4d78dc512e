namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Values by name as one column of JSON, with the types that JSON does not distinguish in a second one.</summary>
internal sealed class JsonValues(string name, string meaning, string typesName) : IDisposable
{
    private readonly TextColumn _values = new(name, meaning, isOptional: true, isUnique: true, isJson: true);
    private readonly TextColumn _types = new(typesName, $"The types of {name} that JSON does not distinguish; only readers need them.", isOptional: true, isJson: true);
    private readonly JsonText _text = new();

    public IReadOnlyList<Column> All => [_values, _types];

    public void Add(IReadOnlyDictionary<string, object?>? values)
    {
        if (values is null)
        {
            _values.Add(null);
            _types.Add(null);
            return;
        }

        var canonical = AttributesJson.Canonical(values, out _);
        var isTyped = AttributesJson.WriteValues(_text.Begin(), canonical);
        _values.Values.Add(_text.End());
        if (isTyped)
        {
            AttributesJson.WriteTypes(_text.Begin(), canonical);
            _types.Values.Add(_text.End());
        }
        else
        {
            _types.Add(null);
        }
    }

    public Dictionary<string, object?>? Read(int row)
    {
        if (_values.Values.IsNull(row))
        {
            return null;
        }

        Dictionary<string, object>? types = null;
        if (!_types.Values.IsNull(row))
        {
            var typesJson = new JsonCursor(_types.Values[row]);
            typesJson.Start();
            types = AttributesJson.ReadTypes(ref typesJson);
        }

        var json = new JsonCursor(_values.Values[row]);
        json.Start();
        return AttributesJson.Read(ref json, types);
    }

    public void Dispose() => _text.Dispose();
}
