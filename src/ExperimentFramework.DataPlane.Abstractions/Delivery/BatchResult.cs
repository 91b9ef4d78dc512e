namespace ExperimentFramework.DataPlane;

/// <summary>A destination's answer to a batch, for each of its events.</summary>
public sealed class BatchResult
{
    private readonly IReadOnlyList<DeliveryStatus>? _statuses;

    private BatchResult(IReadOnlyList<DeliveryStatus>? statuses, Exception? error)
    {
        _statuses = statuses;
        Error = error;
    }

    /// <summary>Every event of the batch was delivered.</summary>
    public static BatchResult Delivered { get; } = new(null, null);

    /// <summary>What went wrong; null where nothing did or the destination does not say.</summary>
    public Exception? Error { get; }

    /// <summary>An answer for each event.</summary>
    /// <param name="statuses">What became of the events, in the batch's order. An event that it is too short for counts as <see cref="DeliveryStatus.TransientFailure"/>.</param>
    /// <param name="error">What went wrong; null for nothing.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="statuses"/> is null.</exception>
    public static BatchResult FromStatuses(IReadOnlyList<DeliveryStatus> statuses, Exception? error = null)
    {
        ArgumentNullException.ThrowIfNull(statuses);
        return new BatchResult(statuses, error);
    }

    /// <summary>What became of an event.</summary>
    /// <param name="index">Its place in the batch.</param>
    /// <returns>Its status.</returns>
    public DeliveryStatus this[int index] =>
        _statuses is null ? DeliveryStatus.Delivered : index < _statuses.Count ? _statuses[index] : DeliveryStatus.TransientFailure;
}
