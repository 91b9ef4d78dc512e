namespace ExperimentFramework.DataPlane;

/// <summary>
/// A destination of events. Every destination that is registered receives every event. The events of one destination come
/// from one worker at a time; <see cref="FlushAsync"/> and <see cref="HealthAsync"/> may be called beside it, from any thread. A destination that throws
/// is counted and never affects the caller or another destination.
/// </summary>
public interface IDataBackplane
{
    /// <summary>Takes one event.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="cancellationToken">Cancelled when the pipeline gives up on the attempt.</param>
    /// <returns>A task that ends when the event has been taken.</returns>
    /// <exception cref="EventRejectedException">The destination will never take the event. Any other exception is taken for a passing one.</exception>
    ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes several events, in order, and answers for each. A destination that does not implement it gets them one by one, up to
    /// the first that it does not take now.
    /// </summary>
    /// <param name="envelopes">The events: only good until the task ends.</param>
    /// <param name="cancellationToken">Cancelled when the pipeline gives up on the attempt.</param>
    /// <returns>What became of each event. A task that fails says that none is known to be delivered.</returns>
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
                // What follows was not tried, and an answer that is too short says so.
                return BatchResult.FromStatuses(statuses ?? [.. Enumerable.Repeat(DeliveryStatus.Delivered, i)], exception);
            }
        }

        return statuses is null ? BatchResult.Delivered : BatchResult.FromStatuses(statuses, error);
    }

    /// <summary>Sends on what the destination itself holds back.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when everything taken before the call has been sent on.</returns>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>Says how the destination is.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The destination's health.</returns>
    ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default);
}
