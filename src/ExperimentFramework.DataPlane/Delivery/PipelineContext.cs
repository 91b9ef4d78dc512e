namespace ExperimentFramework.DataPlane;

/// <summary>What the parts of the pipeline share.</summary>
/// <param name="Options">The current options.</param>
/// <param name="Envelopes">Creates envelopes.</param>
/// <param name="Prebuilt">Creates the records of events that exist already.</param>
/// <param name="Sequence">Numbers the records.</param>
/// <param name="Drops">Counts events that are lost before they reach a queued destination.</param>
/// <param name="Metrics">The instruments.</param>
/// <param name="Faults">Unexpected exceptions of the pipeline's worker.</param>
/// <param name="Time">The clock. It does not throw.</param>
internal sealed record PipelineContext(
    ReloadableOptions Options,
    EnvelopeFactory Envelopes,
    PrebuiltEvents Prebuilt,
    RecordSequence Sequence,
    DropRecorder Drops,
    DeliveryMetrics Metrics,
    WorkerFaults Faults,
    TimeProvider Time)
{
    /// <summary>The name of what is in front of all destinations, in logs, metrics and health.</summary>
    public const string PipelineName = DropLedger.EveryDestination;

    /// <summary>Counts the exposing calls that record nothing because they are repeats.</summary>
    public RepeatLedger Repeats { get; } = new();

    /// <summary>Creates the context of a pipeline.</summary>
    public static PipelineContext Create(ReloadableOptions options, EventRedaction redaction, DropLedger ledger, DeliveryMetrics metrics, TimeProvider time, NonThrowingLogger logger)
    {
        time = NonThrowingTimeProvider.Of(time);
        return new PipelineContext(
            options,
            new EnvelopeFactory(redaction),
            new PrebuiltEvents(ledger),
            new RecordSequence(),
            new DropRecorder(ledger, new LossDetector(PipelineName, ledger, time, logger), logger),
            metrics,
            new WorkerFaults(PipelineName, time, logger),
            time);
    }
}
