namespace ExperimentFramework.DataPlane;

/// <summary>
/// The pipeline in front of all destinations. Proxies publish through it, and so do applications that have events of their
/// own, so that category switches, redaction and accounting cannot be gone round.
/// </summary>
public interface IEventPublisher
{
    /// <summary>
    /// Hands an event to every destination. Never throws because of a destination: what is lost is counted. An event whose
    /// category is switched off in <see cref="DataPlaneOptions"/> is left out.
    /// </summary>
    /// <param name="dataPlaneEvent">The event.</param>
    /// <param name="cancellationToken">Ends a wait for room.</param>
    /// <returns>A task that ends when the event is queued.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="dataPlaneEvent"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="dataPlaneEvent"/> is an <see cref="UnknownEvent"/>.</exception>
    ValueTask PublishAsync(DataPlaneEvent dataPlaneEvent, CancellationToken cancellationToken = default);

    /// <summary>Waits until what was published before the call is delivered, counted as lost, or kept in the outbox.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the queues have been worked off.</returns>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>Says how the pipeline and each destination are.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The health: unhealthy when a destination is, with drops by reason and the state of each destination.</returns>
    ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default);
}
