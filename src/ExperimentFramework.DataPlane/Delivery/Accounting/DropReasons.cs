namespace ExperimentFramework.DataPlane;

/// <summary>Why an event was given up: the values of the tag <c>reason</c> of the metric <c>dataplane.events.dropped</c>.</summary>
public static class DropReasons
{
    /// <summary>The queue was full: the callers' or the destination's.</summary>
    public const string QueueFull = "queue_full";

    /// <summary>The call waited for room as long as it may, or was cancelled meanwhile.</summary>
    public const string Timeout = "timeout";

    /// <summary>The destination did not take the event, however often it was tried.</summary>
    public const string RetriesExhausted = "retries_exhausted";

    /// <summary>The destination said that it will never take the event.</summary>
    public const string Rejected = "rejected";

    /// <summary>The event, or its envelope, could not be made or written down.</summary>
    public const string Serialization = "serialization";

    /// <summary>The outbox had reached its size.</summary>
    public const string OutboxFull = "outbox_full";

    /// <summary>The event had waited in the outbox for longer than it may.</summary>
    public const string OutboxExpired = "outbox_expired";

    /// <summary>The outbox could not be written.</summary>
    public const string OutboxFailed = "outbox_failed";

    /// <summary>The pipeline had been shut down.</summary>
    public const string Shutdown = "shutdown";

    /// <summary>The pipeline met an exception that it does not know, which its log shows.</summary>
    public const string InternalError = "internal_error";

    /// <summary>No destination is registered.</summary>
    public const string NoDestination = "no_destination";

    /// <summary>The subject was unknown where the exposure needs one: under sampling, or to tell repeats apart.</summary>
    public const string NoSubject = "no_subject";

    /// <summary>The subject is not in the sample. Planned, so health does not count it as a loss.</summary>
    public const string SampledOut = "sampled_out";
}
