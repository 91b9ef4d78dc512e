using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Counts the events that are lost before they reach any queued destination.</summary>
internal sealed partial class DropRecorder(DropLedger drops, LossDetector losses, NonThrowingLogger logger)
{
    private long _lostAtEnd;

    /// <summary>Detects losses of events before they reach any destination.</summary>
    public LossDetector Losses => losses;

    /// <summary>Counts dropped events.</summary>
    public DropLedger Ledger => drops;

    /// <summary>Counts the events that are lost with a record.</summary>
    public void Drop(in EventRecord record, string reason)
    {
        var lost = 1;
        if (record.Payload is DataPlaneEnvelope envelope)
        {
            // Its envelope was created for the destinations without a queue, which have received it.
            drops.Count(envelope.Payload, reason, isElsewhere: true);
        }
        else
        {
            lost = record.Factory!.Drop(record, reason);
        }

        // After the count, which the event about the loss contains.
        losses.Record(reason);

        if (reason == DropReasons.Shutdown)
        {
            Interlocked.Add(ref _lostAtEnd, lost);
        }
    }

    /// <summary>Logs how many events were lost by the shutdown since the last call.</summary>
    public void LogLostAtEnd()
    {
        if (Interlocked.Exchange(ref _lostAtEnd, 0) is var lost and > 0)
        {
            LogEnded(lost);
        }
    }

    [LoggerMessage(24, LogLevel.Error,
        "The pipeline ended with {Count} events that had not been passed to any destination, which were counted as dropped. Host shutdown and DisposeAsync wait up to ShutdownTimeout; Dispose does not wait.", EventName = "PipelineAbandoned")]
    private partial void LogEnded(long count);
}
