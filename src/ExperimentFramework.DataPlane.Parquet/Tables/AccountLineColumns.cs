namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The columns of the lines of accounts.</summary>
internal sealed class AccountLineColumns
{
    private readonly TextColumn _kind = new("kind", "What is counted; account in line 0.");
    private readonly TextColumn _arm = new("arm", "The assigned variant; null in line 0.", isOptional: true);
    private readonly TextColumn _eventType = new("event_type", "The category of what was published or dropped.", isOptional: true);
    private readonly TextColumn _reason = new("reason", "Why it was dropped.", isOptional: true);
    private readonly TextColumn _originalProducerId = new("original_producer_id", "The producer of a dropped event that came from another process's outbox.", isOptional: true);
    private readonly ValueColumn<long> _count = new("count", "The count; 0 in line 0.", ValueType.Integer);

    public IReadOnlyList<Column> All => [_kind, _arm, _eventType, _reason, _originalProducerId, _count];

    public void Add(in AccountLine line)
    {
        _kind.Add(line.Kind);
        _arm.Add(line.Arm);
        _eventType.Add(line.EventType);
        _reason.Add(line.Reason);
        _originalProducerId.Add(line.OriginalProducerId);
        _count.Add(line.Count);
    }

    public AccountLine Read(int row, string experiment) => new(experiment, _kind[row]!, _arm[row], _count[row]!.Value)
    {
        EventType = _eventType[row],
        Reason = _reason[row],
        OriginalProducerId = _originalProducerId[row],
    };
}
