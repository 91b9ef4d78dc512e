namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The table of <see cref="UnknownEvent"/>s.</summary>
internal sealed class OtherEventTable() : RowPerEvent<UnknownEvent>("other_events")
{
    private readonly TextColumn _eventType = new("event_type", "The category.");
    private readonly TextColumn _payload = new("payload", "The event.", isUnique: true, isJson: true);

    protected override IReadOnlyList<Column> OwnColumns => [_eventType, _payload];

    protected override void Add(UnknownEvent source)
    {
        _eventType.Add(source.EventTypeName);
        _payload.Add(source.Json);
    }

    protected override UnknownEvent ReadEvent(int row) => new()
    {
        SchemaVersion = SchemaVersion(row),
        ExperimentName = Experiment[row]!,
        Timestamp = Timestamp(row),
        EventTypeName = _eventType[row]!,
        Json = _payload[row]!,
    };
}
