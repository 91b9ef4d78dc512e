namespace ExperimentFramework.DataPlane;

/// <summary>The settings for the delivery to one destination.</summary>
internal sealed record DestinationSettings(
    int QueueSize, int BatchSize, TimeSpan PublishTimeout, ShutdownBudget Shutdown, int MaxAttempts, TimeSpan BaseDelay, TimeSpan MaxDelay, Random Random)
{
    /// <summary>How long the end waits for a call that the outbox is in.</summary>
    public TimeSpan OutboxPatience { get; init; } = TimeSpan.FromSeconds(5);

    public static DestinationSettings From(DataPlaneOptions options, ShutdownBudget shutdown, Random? random = null) => new(
        options.MaxQueueSize,
        options.BatchSize,
        options.PublishTimeout,
        shutdown,
        options.Retry.MaxAttempts,
        options.Retry.BaseDelay,
        options.Retry.MaxDelay,
        random ?? Random.Shared);
}
