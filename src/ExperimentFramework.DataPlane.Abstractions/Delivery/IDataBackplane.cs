namespace ExperimentFramework.DataPlane;

/// <summary>
/// A destination of events. Every registered destination receives every event. The events of one destination are published
/// by one worker at a time; <see cref="FlushAsync"/> and <see cref="HealthAsync"/> may be called concurrently, from any thread. Exceptions of a destination
/// are counted and never affect the caller or another destination.
/// </summary>
public interface IDataBackplane
{
    /// <summary>Publishes one event.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="cancellationToken">Canceled when the pipeline abandons the attempt.</param>
    /// <returns>A task that completes when the destination has accepted the event.</returns>
    /// <exception cref="EventRejectedException">The destination will never accept the event. All other exceptions are treated as transient.</exception>
    ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default);

    /// <summary>
    /// Publishes several events, in order, and returns a status for each. The default implementation publishes them one by one, up to
    /// the first transient failure.
    /// </summary>
    /// <param name="envelopes">The events. The list is only valid until the task completes.</param>
    /// <param name="cancellationToken">Canceled when the pipeline abandons the attempt.</param>
    /// <returns>The status of each event. If the task fails, none is known to be delivered.</returns>
    async ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        List<DeliveryStatus>? statuses = null;
        Exception? error = null;
        for (var i = 0; i < envelopes.Count; i++)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                await PublishAsync(envelopes[i], cancellationToken).ConfigureAwait(false);
                statuses?.Add(DeliveryStatus.Delivered);
            }
            catch (EventRejectedException rejection)
            {
                statuses ??= [.. Enumerable.Repeat(DeliveryStatus.Delivered, i)];
                statuses.Add(DeliveryStatus.PermanentFailure);
                error = rejection;
            }
            catch (Exception exception)
            {
                // The remaining events were not tried; events without a status count as transient failures.
                return BatchResult.FromStatuses(statuses ?? [.. Enumerable.Repeat(DeliveryStatus.Delivered, i)], exception);
            }
        }

        return statuses is null ? BatchResult.Delivered : BatchResult.FromStatuses(statuses, error);
    }

    /// <summary>Delivers the events that the destination buffers.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes when all events accepted before the call have been delivered.</returns>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>Checks the health of the destination.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The destination's health.</returns>
    ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default);
}
