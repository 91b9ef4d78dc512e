namespace ExperimentFramework.DataPlane;

/// <summary>The result of a delivery attempt.</summary>
internal sealed class AttemptResult
{
    /// <summary>The events that the destination accepted.</summary>
    public List<QueuedEnvelope> Delivered { get; } = [];

    /// <summary>The number of events that failed transiently.</summary>
    public int Left { get; set; }

    /// <summary>How often the event that failed most often has failed while later ones were delivered.</summary>
    public int MostFailures { get; set; }

    /// <summary>How to continue with the events that are still in flight.</summary>
    public RetryPlanner.RetryDecision Decision { get; set; }

    /// <summary>Whether to wait before the next attempt.</summary>
    public bool Waits => Decision is RetryPlanner.RetryDecision.Wait or RetryPlanner.RetryDecision.SomeFailed or RetryPlanner.RetryDecision.DestinationIsDown;

    /// <summary>The events that need no further attempt, including the rejected ones, oldest first.</summary>
    public List<QueuedEnvelope> Settled => Rejected.Count == 0 ? Delivered : [.. Delivered.Concat(Rejected).OrderBy(queued => queued.Position)];

    /// <summary>The events that the destination will never accept.</summary>
    public List<QueuedEnvelope> Rejected { get; } = [];

    /// <summary>The events whose attempts are exhausted.</summary>
    public List<QueuedEnvelope> Exhausted { get; } = [];
}
