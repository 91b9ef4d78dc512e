namespace ExperimentFramework.DataPlane;

/// <summary>
/// The records that the pipeline's worker has read and not handed on. Making their events runs code of the application (redactors, key
/// providers), which may never return, so that the records can be taken from the worker and counted.
/// </summary>
internal sealed class RecordBatch(PipelineContext context)
{
    private readonly List<DataPlaneEnvelope> _made = [];
    private readonly List<EventRecord> _unmade = [];
    private List<EventRecord> _records = [];
    private int _assignmentChanges;

    /// <summary>Takes a record.</summary>
    public void Add(ref EventRecord record) => _records.Add(record);

    /// <summary>For the worker, with no lock held: makes the events of all records.</summary>
    public void CreateEnvelopes()
    {
        _made.Clear();
        _unmade.Clear();
        _assignmentChanges = 0;

        // Whoever takes the records takes the list, and leaves another one.
        var records = _records;
        foreach (var record in records)
        {
            CreateEnvelope(record);
        }
    }

    /// <summary>Takes out what was made, which is good until the next batch.</summary>
    public Made TakeEnvelopes()
    {
        var made = new Made(_made, _unmade, _records.Count, _assignmentChanges, context.Drops);
        _records.Clear();
        return made;
    }

    /// <summary>Takes out the records, made or not.</summary>
    public void TakeRecords(List<EventRecord> into)
    {
        into.AddRange(_records);
        _records = [];
    }

    private void CreateEnvelope(in EventRecord record)
    {
        var isMade = context.Envelopes.TryCreate(record, out var before, out var envelope);
        if (before is not null)
        {
            var own = context.Prebuilt.RecordOf(before, record.Activity, record.EnqueuedAt);
            own.Number = context.Sequence.Reserve(1);
            _assignmentChanges++;
            CreateEnvelope(own);
        }

        if (isMade)
        {
            _made.Add(envelope!);
        }
        else
        {
            _unmade.Add(record);
        }
    }

    /// <summary>A batch whose events have been made.</summary>
    /// <param name="Envelopes">The events that could be made.</param>
    /// <param name="Unmade">The records of those that could not.</param>
    /// <param name="Records">How many records there were.</param>
    /// <param name="BroughtAlong">How many events came with others.</param>
    /// <param name="Drops">Counts those that could not be made.</param>
    internal readonly record struct Made(
        IReadOnlyList<DataPlaneEnvelope> Envelopes, IReadOnlyList<EventRecord> Unmade, int Records, int BroughtAlong, DropRecorder Drops)
    {
        /// <summary>How many events were handed to the pipeline.</summary>
        public int Published => Records + BroughtAlong;

        public void CountUnmade()
        {
            foreach (var record in Unmade)
            {
                Drops.Drop(record, DropReasons.Serialization);
            }
        }
    }
}
