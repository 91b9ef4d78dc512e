namespace ExperimentFramework.DataPlane;

/// <summary>The reasons for dropping events: the values of the tag <c>reason</c> of the metric <c>dataplane.events.dropped</c>.</summary>
public static class DropReasons
{
    /// <summary>The pipeline's or the destination's queue was full.</summary>
    public const string QueueFull = "queue_full";

    /// <summary>The call waited for queue capacity until the timeout, or the wait was canceled.</summary>
    public const string Timeout = "timeout";

    /// <summary>The destination did not accept the event in any of the attempts.</summary>
    public const string RetriesExhausted = "retries_exhausted";

    /// <summary>The destination rejected the event permanently.</summary>
    public const string Rejected = "rejected";

    /// <summary>The event or its envelope could not be created, serialized or read.</summary>
    public const string Serialization = "serialization";

    /// <summary>The outbox had reached its maximum size.</summary>
    public const string OutboxFull = "outbox_full";

    /// <summary>The event exceeded the maximum age in the outbox.</summary>
    public const string OutboxExpired = "outbox_expired";

    /// <summary>Writing to the outbox failed.</summary>
    public const string OutboxFailed = "outbox_failed";

    /// <summary>The pipeline had been shut down.</summary>
    public const string Shutdown = "shutdown";

    /// <summary>The pipeline caught an unexpected exception, which it has logged.</summary>
    public const string InternalError = "internal_error";

    /// <summary>No destination is registered.</summary>
    public const string NoDestination = "no_destination";

    /// <summary>
    /// The subject was unknown, but the event requires one: an exposure for sampling or deduplication, a metric to be joined. Also a metric whose subject does not
    /// survive redaction.
    /// </summary>
    public const string NoSubject = "no_subject";

    /// <summary>The subject is not in the sample. This is planned, so health does not count it as a loss.</summary>
    public const string SampledOut = "sampled_out";

    /// <summary>
    /// An exposure that was decided elsewhere names a variant that the experiment does not have, or one of too many experiments. It is counted for all
    /// variants together, as <c>*</c>.
    /// </summary>
    public const string UnknownVariant = "unknown_variant";
}
