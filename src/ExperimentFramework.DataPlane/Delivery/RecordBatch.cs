namespace ExperimentFramework.DataPlane;

/// <summary>
/// The records that the pipeline's worker has read but not passed on. Creating their events runs application code (redactors, key
/// providers) that may never return, so the records can be taken away from the worker and counted.
/// </summary>
internal sealed class RecordBatch(PipelineContext context)
{
    private readonly List<DataPlaneEnvelope> _envelopes = [];
    private readonly List<EventRecord> _failed = [];
    private List<EventRecord> _records = [];

    /// <summary>Adds a record.</summary>
    public void Add(ref EventRecord record) => _records.Add(record);

    /// <summary>Creates the events of all records. Called by the worker, with no lock held.</summary>
    public void CreateEnvelopes()
    {
        _envelopes.Clear();
        _failed.Clear();

        // TakeRecords takes the list itself and leaves another one.
        var records = _records;
        foreach (var record in records)
        {
            CreateEnvelope(record);
        }
    }

    /// <summary>Removes and returns the created events, which are valid until the next batch.</summary>
    public Created TakeEnvelopes()
    {
        var created = new Created(_envelopes, _failed, _records.Count, context.Drops);
        _records.Clear();
        return created;
    }

    /// <summary>Removes and returns the records, whether their events were created or not.</summary>
    public void TakeRecords(List<EventRecord> into)
    {
        into.AddRange(_records);
        _records = [];
    }

    private void CreateEnvelope(in EventRecord record)
    {
        var isCreated = context.Envelopes.TryCreate(record, out var precedingEvent, out var envelope);
        if (precedingEvent is not null)
        {
            var own = context.Prebuilt.RecordOf(precedingEvent, record.Activity, record.EnqueuedAt);
            own.Number = context.Sequence.Reserve(1);
            CreateEnvelope(own);
        }

        if (isCreated)
        {
            _envelopes.Add(envelope!);
        }
        else
        {
            _failed.Add(record);
        }
    }

    /// <summary>A batch whose events have been created.</summary>
    /// <param name="Envelopes">The events that could be created.</param>
    /// <param name="Failed">The records of events that could not be created.</param>
    /// <param name="Records">The number of records.</param>
    /// <param name="Drops">Counts the events that could not be created.</param>
    internal readonly record struct Created(
        IReadOnlyList<DataPlaneEnvelope> Envelopes, IReadOnlyList<EventRecord> Failed, int Records, DropRecorder Drops)
    {
        public void CountFailed()
        {
            foreach (var record in Failed)
            {
                Drops.Drop(record, DropReasons.Serialization);
            }
        }
    }
}
