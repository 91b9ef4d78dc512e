namespace ExperimentFramework.DataPlane;

/// <summary>What the delivery to one destination goes by.</summary>
internal sealed record DestinationSettings(
    int QueueSize, int BatchSize, TimeSpan PublishTimeout, TimeSpan ShutdownTimeout, int MaxAttempts, TimeSpan BaseDelay, TimeSpan MaxDelay, Random Random)
{
    public static DestinationSettings From(DataPlaneOptions options, Random? random = null) => new(
        options.MaxQueueSize,
        options.BatchSize,
        options.PublishTimeout,
        options.ShutdownTimeout,
        options.Retry.MaxAttempts,
        options.Retry.BaseDelay,
        options.Retry.MaxDelay,
        random ?? Random.Shared);
}
