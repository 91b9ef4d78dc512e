namespace ExperimentFramework.DataPlane;

/// <summary>
/// Fetches a subject's assignments ahead of its calls, for example at the start of a request, so that no call waits for a
/// store. Deletes them when the subject asks to be forgotten.
/// </summary>
public interface ISubjectAssignments
{
    /// <summary>
    /// Decides the subject's variant in all experiments that keep assignments in a store, concurrently. Never throws because of a
    /// store, and never waits longer than <see cref="DataPlaneOptions.StoreTimeout"/>.
    /// </summary>
    /// <param name="subjectId">The subject's id; null or empty for the subject that <see cref="ISubjectIdentityProvider"/> identifies.</param>
    /// <param name="subjectType">The subject's type, as the calls will specify it; null if they don't.</param>
    /// <param name="tenantId">The subject's tenant; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes when the assignments are cached or the time limit has elapsed.</returns>
    ValueTask PrefetchAsync(
        string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes the subject's assignments in all experiments, from all registered stores and from the cache of this process. The subject must
    /// match exactly: another type or tenant with the same id is another subject. Other processes keep what they have read until
    /// <see cref="DataPlaneOptions.AssignmentCacheDuration"/> has elapsed. A later call for the subject makes a new assignment. Default: not supported.
    /// </summary>
    /// <param name="subjectId">The subject's id.</param>
    /// <param name="subjectType">The subject's type; null or empty for a subject without one.</param>
    /// <param name="tenantId">The subject's tenant; null or empty for a subject without one.</param>
    /// <param name="cancellationToken">Cancels the deletion. Assignments that were deleted before stay deleted.</param>
    /// <returns>The number of assignments deleted from stores.</returns>
    /// <exception cref="ArgumentException"><paramref name="subjectId"/> is null or empty.</exception>
    /// <exception cref="AggregateException">A store could not delete; the other stores have. Call again when the store is available.</exception>
    ValueTask<long> ForgetAsync(
        string subjectId, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"{GetType().Name} cannot forget a subject: implement {nameof(ISubjectAssignments)}.{nameof(ForgetAsync)}.");
}
