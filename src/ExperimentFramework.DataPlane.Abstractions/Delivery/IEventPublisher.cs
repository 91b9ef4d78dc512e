namespace ExperimentFramework.DataPlane;

/// <summary>
/// The pipeline in front of all destinations. Proxies and applications that publish their own events go through
/// it, so that category switches, redaction and accounting cannot be bypassed.
/// </summary>
/// <remarks>
/// <para>
/// Sampling, exposure semantics and the repeat memory belong to experiments and come before the pipeline: an <see cref="ExposureEvent"/> that is published
/// here is delivered whatever the sampling rate, and however often. To record the exposure of a decision made elsewhere, use
/// <see cref="IExposureRecorder"/>, which applies them.
/// </para>
/// <para>
/// A <see cref="MetricEvent"/> must be what <see cref="IMetricRecorder"/> accepts, and is dropped and counted as its metrics are if its subject is unknown or is
/// removed by redaction. The current subject is not asked for, and lengths of ids are not bounded: <see cref="IMetricRecorder"/> does both.
/// </para>
/// <para>In every event, an empty id, type or tenant of a subject is published as null.</para>
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
    /// <exception cref="ArgumentException">
    /// <paramref name="dataPlaneEvent"/> is an <see cref="UnknownEvent"/>, whose category cannot be switched off; an <see cref="AccountingEvent"/>, because only the
    /// pipeline can count what it publishes; a <see cref="MetricEvent"/> whose name or unit is not a valid name, whose value is not finite or whose idempotency key
    /// has more than 1,024 characters; or its <see cref="DataPlaneEvent.Timestamp"/> is before 1970.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled before the event was queued.</exception>
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
