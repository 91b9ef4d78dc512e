namespace ExperimentFramework.DataPlane;

/// <summary>Why an event was given up: the values of the tag <c>reason</c> of the metric <c>dataplane.events.dropped</c>.</summary>
public static class DropReasons
{
    /// <summary>The destination's queue was full.</summary>
    public const string QueueFull = "queue_full";

    /// <summary>The destination threw.</summary>
    public const string DestinationError = "destination_error";

    /// <summary>The pipeline had been shut down.</summary>
    public const string Shutdown = "shutdown";

    /// <summary>No destination is registered.</summary>
    public const string NoDestination = "no_destination";

    /// <summary>The subject was unknown where the exposure needs one: under sampling, or to tell repeats apart.</summary>
    public const string NoSubject = "no_subject";

    /// <summary>The subject is not in the sample. Planned, so health does not count it as a loss.</summary>
    public const string SampledOut = "sampled_out";
}
