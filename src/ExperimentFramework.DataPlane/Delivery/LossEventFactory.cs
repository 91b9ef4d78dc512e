namespace ExperimentFramework.DataPlane;

/// <summary>Creates the envelopes of the error events that announce the start and the end of a loss.</summary>
internal sealed class LossEventFactory(PipelineContext context)
{
    /// <summary>Gets whether error events are published.</summary>
    public bool IsEnabled => context.Options.Value.IsEnabled(DataPlaneEventType.Error);

    /// <summary>Creates the envelope of an error event; null if redaction cannot process it.</summary>
    public DataPlaneEnvelope? Create(ErrorEvent error)
    {
        var record = context.Prebuilt.RecordOf(error, activity: null, error.Timestamp.UtcTicks);
        record.Number = context.Sequence.Reserve(1);
        return context.Envelopes.TryCreate(record, out _, out var envelope) ? envelope : null;
    }
}
