namespace ExperimentFramework.DataPlane;

/// <summary>
/// The pipeline in front of all destinations. Proxies and applications with events of their own publish through
/// it, so that category switches, redaction and accounting cannot be bypassed.
/// </summary>
/// <remarks>
/// Sampling, exposure semantics and the repeat memory belong to experiments and come before the pipeline: an <see cref="ExposureEvent"/> that is published
/// here is delivered whatever the sampling rate, and however often. To record the exposure of a decision made elsewhere, use
/// <see cref="IExposureRecorder"/>, which applies them.
/// </remarks>
public interface IEventPublisher
{
    /// <summary>
    /// Publishes an event to all destinations. Never throws because of a destination: lost events are counted. An event whose
    /// category is disabled in <see cref="DataPlaneOptions"/> is ignored.
    /// </summary>
    /// <param name="dataPlaneEvent">The event.</param>
    /// <param name="cancellationToken">Cancels the wait for queue capacity.</param>
    /// <returns>A task that completes when the event is queued.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="dataPlaneEvent"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="dataPlaneEvent"/> is an <see cref="UnknownEvent"/>.</exception>
    ValueTask PublishAsync(DataPlaneEvent dataPlaneEvent, CancellationToken cancellationToken = default);

    /// <summary>Waits until all events published before the call are delivered, counted as dropped, or stored in the outbox.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes when the queues have been processed.</returns>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>Checks the health of the pipeline and of each destination.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The health: unhealthy if any destination is unhealthy, with the drops by reason and the state of each destination.</returns>
    ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default);
}
