namespace ExperimentFramework.DataPlane;

/// <summary>
/// Records what subjects do after their exposures: conversions, purchases, cancellations. A metric needs neither an experiment nor a variant, so it may be
/// recorded days later and in another process; analysis joins it with exposures by subject. Published as <see cref="MetricEvent"/>.
/// </summary>
/// <remarks>
/// Registered by <c>AddDataBackplane</c>: as a singleton, or scoped if an <see cref="ISubjectIdentityProvider"/> is registered that is not a singleton. Metrics
/// are neither sampled nor deduplicated. A metric whose subject is unknown, or is removed by redaction, is counted as dropped and logged; nothing is thrown.
/// </remarks>
public interface IMetricRecorder
{
    /// <summary>Records a metric for a subject.</summary>
    /// <param name="metric">
    /// The metric's name: 1 to 256 characters without control characters, and no white space at its ends. Choose few names, and keep them.
    /// </param>
    /// <param name="value">The metric's value; 1, the default, counts an event. It must be finite.</param>
    /// <param name="details">The subject, the unit, the time and more; null for the current subject and now.</param>
    /// <param name="cancellationToken">
    /// Cancels the wait for queue capacity under <see cref="BackplaneFailureMode.Block"/>. A metric whose wait is canceled is counted as dropped.
    /// </param>
    /// <returns>
    /// A task that has completed, unless callers wait for queue capacity (<see cref="BackplaneFailureMode.Block"/>): then it completes when the metric is queued
    /// or was dropped, after <see cref="DataPlaneOptions.BlockTimeout"/> at most.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="metric"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="metric"/> or the unit is not a valid name, <paramref name="value"/> is not finite, the idempotency key is too long, or the time is before 1970.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled before the metric was queued.</exception>
    ValueTask RecordAsync(string metric, double value = 1, MetricDetails? details = null, CancellationToken cancellationToken = default);
}
