namespace ExperimentFramework.DataPlane;

/// <summary>
/// Fetches a subject's assignments before its calls come, so that none of them waits for a store: at the beginning of a
/// request, say. Deletes them when the subject asks to be forgotten.
/// </summary>
public interface ISubjectAssignments
{
    /// <summary>
    /// Decides for the subject in every experiment that keeps assignments in a store, all at once. Never throws because of a
    /// store, and never waits longer than <see cref="DataPlaneOptions.StoreTimeout"/>.
    /// </summary>
    /// <param name="subjectId">The subject's id; null or empty for the one that <see cref="ISubjectIdentityProvider"/> names.</param>
    /// <param name="subjectType">The subject's type as the calls will name it; null when they don't.</param>
    /// <param name="tenantId">The subject's tenant; null when there is none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the assignments are known.</returns>
    ValueTask PrefetchAsync(
        string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes the subject's assignments in all experiments, from every registered store and from the memory of this process. The subject is
    /// exactly the one given: another type or tenant with the same id is another subject. Other processes keep what they have read until
    /// <see cref="DataPlaneOptions.AssignmentCacheDuration"/> has passed; a call for the subject assigns it anew. Default: not supported.
    /// </summary>
    /// <param name="subjectId">The subject's id.</param>
    /// <param name="subjectType">The subject's type; null or empty for a subject without one.</param>
    /// <param name="tenantId">The subject's tenant; null or empty for a subject without one.</param>
    /// <param name="cancellationToken">Cancels the deletion; what was deleted until then stays deleted.</param>
    /// <returns>The number of assignments deleted from stores.</returns>
    /// <exception cref="ArgumentException"><paramref name="subjectId"/> is null or empty.</exception>
    /// <exception cref="AggregateException">A store could not delete; the others have. Call again when it is back.</exception>
    ValueTask<long> ForgetAsync(
        string subjectId, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"{GetType().Name} cannot forget a subject: implement {nameof(ISubjectAssignments)}.{nameof(ForgetAsync)}.");
}
