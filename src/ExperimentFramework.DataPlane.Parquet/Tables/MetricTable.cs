namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The table of <see cref="MetricEvent"/>s.</summary>
internal sealed class MetricTable(IReadOnlyDictionary<string, ParquetAttributeType> attributeColumns) : RowPerEvent<MetricEvent>("metrics")
{
    private readonly TextColumn _name = new("metric_name", "The metric.");
    private readonly ValueColumn<double> _value = new("value", "Its value; 1 for an event that only counts.", ValueType.Number);
    private readonly TextColumn _unit = new("unit", "The unit of the value.", isOptional: true);
    private readonly SubjectColumns _subject = new();
    private readonly TextColumn _idempotencyKey = new("idempotency_key", "The application's key: rows of one metric and tenant with the same key are the same happening.", isOptional: true, isUnique: true);
    private readonly AttributeColumns _attributes = new(attributeColumns);

    protected override IReadOnlyList<Column> OwnColumns => [_name, _value, _unit, .. _subject.All, _idempotencyKey, .. _attributes.All];

    protected override void Add(MetricEvent source)
    {
        _name.Add(source.MetricName);
        _value.Add(source.Value);
        _unit.Add(source.Unit);
        _subject.Add(source.SubjectId, source.SubjectType, source.TenantId);
        _idempotencyKey.Add(source.IdempotencyKey);
        _attributes.Add(source.Attributes);
    }

    protected override MetricEvent ReadEvent(int row) => new()
    {
        SchemaVersion = SchemaVersion(row),
        ExperimentName = Experiment[row]!,
        Timestamp = Timestamp(row),
        MetricName = _name[row]!,
        Value = _value[row]!.Value,
        Unit = _unit[row],
        SubjectId = _subject.Id(row),
        SubjectType = _subject.Type(row),
        TenantId = _subject.TenantId(row),
        IdempotencyKey = _idempotencyKey[row],
        Attributes = _attributes.Read(row),
    };

    protected override void Dispose(bool disposing)
    {
        _attributes.Dispose();
        base.Dispose(disposing);
    }
}
