namespace ExperimentFramework.DataPlane;

/// <summary>
/// Records exposures explicitly, for experiments that use <see cref="ExposureSemantics.Explicit"/>. It records the variant that was last served in this
/// dependency injection scope and never makes a new decision.
/// </summary>
/// <typeparam name="TService">The tagged service interface.</typeparam>
public interface IExposureLogger<TService>
    where TService : class
{
    /// <summary>
    /// Records the exposure of the current subject: the one that <see cref="ISubjectIdentityProvider"/> identifies or, if no variant was served to that
    /// one, the subject that was served last in the current asynchronous flow.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait for queue capacity.</param>
    /// <returns>
    /// False if no variant was served to the subject in this scope, or if the experiment does not use <see cref="ExposureSemantics.Explicit"/>. True even
    /// if sampling or a category switch then excludes the exposure, as it would any other.
    /// </returns>
    ValueTask<bool> LogExposureAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Records the exposure of the specified subject. If subjects of several tenants have this id, the one in the tenant that
    /// <see cref="ISubjectIdentityProvider"/> reports takes precedence, then the one that was served last.
    /// </summary>
    /// <param name="subjectId">The subject's id, as it was known to the call that was served.</param>
    /// <param name="cancellationToken">Cancels the wait for queue capacity.</param>
    /// <returns>
    /// False if no variant was served to the subject in this scope, or if the experiment does not use <see cref="ExposureSemantics.Explicit"/>. True even
    /// if sampling or a category switch then excludes the exposure, as it would any other.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="subjectId"/> is null or empty.</exception>
    ValueTask<bool> LogExposureAsync(string subjectId, CancellationToken cancellationToken = default);
}
