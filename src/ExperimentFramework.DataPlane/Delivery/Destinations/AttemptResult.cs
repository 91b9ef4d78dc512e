namespace ExperimentFramework.DataPlane;

/// <summary>What an attempt to deliver has come to.</summary>
internal sealed class AttemptResult
{
    /// <summary>How many events the destination took.</summary>
    public int Delivered { get; set; }

    /// <summary>How many events it did not take now.</summary>
    public int Left { get; set; }

    /// <summary>What to do next with the events that are still on their way.</summary>
    public RetryPlanner.RetryDecision Decision { get; set; }

    /// <summary>Whether to wait before the next attempt.</summary>
    public bool Waits => Decision is RetryPlanner.RetryDecision.Wait or RetryPlanner.RetryDecision.DestinationIsDown;

    /// <summary>Events that need no further attempt, the rejected ones included.</summary>
    public List<QueuedEnvelope> Settled { get; } = [];

    /// <summary>Events that the destination will never take.</summary>
    public List<QueuedEnvelope> Rejected { get; } = [];

    /// <summary>Events that have been tried as often as they may.</summary>
    public List<QueuedEnvelope> Exhausted { get; } = [];
}
