namespace ExperimentFramework.DataPlane;

/// <summary>The result of publishing a batch to a destination, with a status for each event.</summary>
public sealed class BatchResult
{
    private readonly IReadOnlyList<DeliveryStatus>? _statuses;

    private BatchResult(IReadOnlyList<DeliveryStatus>? statuses, Exception? error)
    {
        _statuses = statuses;
        Error = error;
    }

    /// <summary>The result of a batch whose events were all delivered.</summary>
    public static BatchResult Delivered { get; } = new(null, null);

    /// <summary>The error; null if there was none or the destination does not provide it.</summary>
    public Exception? Error { get; }

    /// <summary>Creates a result from the status of each event.</summary>
    /// <param name="statuses">The statuses, in the order of the batch. Events without a status count as <see cref="DeliveryStatus.TransientFailure"/>.</param>
    /// <param name="error">The error; null if there was none.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="statuses"/> is null.</exception>
    public static BatchResult FromStatuses(IReadOnlyList<DeliveryStatus> statuses, Exception? error = null)
    {
        ArgumentNullException.ThrowIfNull(statuses);
        return new BatchResult(statuses, error);
    }

    /// <summary>Gets the status of an event.</summary>
    /// <param name="index">The zero-based index of the event in the batch.</param>
    /// <returns>The status of the event.</returns>
    public DeliveryStatus this[int index] =>
        _statuses is null ? DeliveryStatus.Delivered : index < _statuses.Count ? _statuses[index] : DeliveryStatus.TransientFailure;
}
