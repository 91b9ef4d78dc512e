namespace ExperimentFramework.DataPlane;

/// <summary>
/// A destination of events. Every destination that is registered receives every event. The pipeline calls one destination
/// from one worker at a time; a destination that throws is counted and never affects the caller or another destination.
/// </summary>
public interface IDataBackplane
{
    /// <summary>Takes one event.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="cancellationToken">Cancelled when the pipeline gives up on the destination.</param>
    /// <returns>A task that ends when the event has been taken.</returns>
    ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default);

    /// <summary>Takes several events, in order.</summary>
    /// <param name="envelopes">The events.</param>
    /// <param name="cancellationToken">Cancelled when the pipeline gives up on the destination.</param>
    /// <returns>A task that ends when all events have been taken.</returns>
    async ValueTask PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        for (var i = 0; i < envelopes.Count; i++)
        {
            await PublishAsync(envelopes[i], cancellationToken).ConfigureAwait(false);
        }
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
