namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The rows of one kind of event, a row for each event.</summary>
internal abstract class RowPerEvent<TEvent>(string name) : EventTable(name)
    where TEvent : DataPlaneEvent
{
    public sealed override bool HasRowPerEvent => true;

    public sealed override bool Holds(DataPlaneEvent payload) => payload is TEvent;

    protected sealed override void AddRows(DataPlaneEnvelope envelope)
    {
        var source = (TEvent)envelope.Payload;
        AddCommon(envelope, source.ExperimentName);
        AddExactCommon(envelope);
        Add(source);
        Exact.EndRow();
    }

    public sealed override DataPlaneEnvelope Read(ref int row)
    {
        var envelope = Envelope(row, ReadEvent(row));
        row++;
        return envelope;
    }

    /// <summary>Adds the event's own fields.</summary>
    protected abstract void Add(TEvent source);

    /// <summary>Reads the event in the row.</summary>
    protected abstract TEvent ReadEvent(int row);
}
