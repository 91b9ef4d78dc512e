namespace ExperimentFramework.DataPlane;

/// <summary>
/// Fetches a subject's assignments before its calls come, so that none of them waits for a store: at the beginning of a
/// request, say.
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
    ValueTask PrepareAsync(
        string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default);
}
