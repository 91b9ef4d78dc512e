namespace ExperimentFramework.DataPlane;

/// <summary>
/// Records exposures of variants that other code decided on: a feature flag system, a gateway, an older experiment service. Category switch, sampling,
/// semantics, repeat memory, redaction and accounting apply as they do to the calls of a proxy.
/// </summary>
/// <remarks>
/// <para>
/// A registered experiment's settings and repeat memory apply, so that a subject is exposed once however the exposure is recorded. A name that is not
/// registered is recorded with the settings of <see cref="DataPlaneOptions"/> and of its entry in <see cref="DataPlaneOptions.Experiments"/>; at most
/// 1,000 different ones.
/// </para>
/// <para>Registered as a singleton if <see cref="ISubjectIdentityProvider"/> is one or is not registered; otherwise as scoped.</para>
/// </remarks>
public interface IExposureRecorder
{
    /// <summary>
    /// Records an exposure. Call it where the subject is served the variant, once per decision. Never throws because of a destination: a lost exposure is
    /// counted. Under <see cref="ExposureSemantics.Explicit"/> this is the explicit log.
    /// </summary>
    /// <param name="exposure">The exposure.</param>
    /// <param name="cancellationToken">Cancels the wait for queue capacity in <see cref="BackplaneFailureMode.Block"/> mode.</param>
    /// <returns>
    /// True if the exposure was enqueued. False if a category switch, sampling or <see cref="ExposureSemantics.OnFirstUse"/> excludes it, if it requires a
    /// subject and has none, if the registered experiment has no such variant, or if it was dropped.
    /// </returns>
    /// <exception cref="ArgumentException">The name of the experiment or of the variant, or the reason, is null, empty or invalid, the name is <c>*</c>, or the weights are invalid.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled before the exposure was enqueued.</exception>
    ValueTask<bool> RecordAsync(DecidedExposure exposure, CancellationToken cancellationToken = default);
}
