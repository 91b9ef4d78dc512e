namespace ExperimentFramework.DataPlane;

/// <summary>
/// Records exposures by hand, for experiments under <see cref="ExposureSemantics.Explicit"/>. It logs the variant that
/// was last served in this dependency injection scope and never decides anew.
/// </summary>
/// <typeparam name="TService">The tagged service interface.</typeparam>
public interface IExposureLogger<TService>
    where TService : class
{
    /// <summary>
    /// Records the exposure of the current subject: the one <see cref="ISubjectIdentityProvider"/> names or, where that was
    /// served nothing, the one that was served last in this flow of control.
    /// </summary>
    /// <param name="cancellationToken">Ends a wait for room in the pipeline.</param>
    /// <returns>
    /// False when nothing was served to the subject in this scope, or when the experiment logs by itself. True also where sampling or a
    /// category switch leaves the exposure out, as they leave out any other.
    /// </returns>
    ValueTask<bool> LogExposureAsync(CancellationToken cancellationToken = default);

    /// <summary>Records the exposure of the named subject.</summary>
    /// <param name="subjectId">The subject's id, as the call that was served knew it.</param>
    /// <param name="cancellationToken">Ends a wait for room in the pipeline.</param>
    /// <returns>
    /// False when nothing was served to the subject in this scope, or when the experiment logs by itself. True also where sampling or a
    /// category switch leaves the exposure out, as they leave out any other.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="subjectId"/> is null or empty.</exception>
    ValueTask<bool> LogExposureAsync(string subjectId, CancellationToken cancellationToken = default);
}
