namespace ExperimentFramework.DataPlane;

/// <summary>
/// Decides by the name of an experiment which variant a subject gets, for code without a tagged interface: views, jobs, the bootstrap data of a page.
/// Decisions and exposures are the same as those of the experiment's proxy.
/// </summary>
/// <remarks>
/// <para>
/// Registered as a singleton if <see cref="ISubjectIdentityProvider"/> is one or is not registered, and if no experiment keeps state per scope
/// (<see cref="AssignmentPolicy.SessionSticky"/>, <see cref="ExposureSemantics.Explicit"/>); otherwise as scoped.
/// </para>
/// <para>
/// A subject consists of id, type and tenant. To get the assignment and the repeat memory that a tagged interface uses, pass the type that its
/// <see cref="ExposureSubjectAttribute"/> names.
/// </para>
/// </remarks>
public interface IExperiments
{
    /// <summary>
    /// Decides which variant the subject gets, without recording an exposure. If the experiment's policy uses an assignment store and this process does
    /// not know the subject's assignment yet, waits for the store, but never longer than <see cref="DataPlaneOptions.StoreTimeout"/>.
    /// </summary>
    /// <param name="experiment">The experiment's name (case-sensitive).</param>
    /// <param name="subjectId">The subject's id; null or empty for the subject that <see cref="ISubjectIdentityProvider"/> identifies.</param>
    /// <param name="subjectType">The subject's type; null if it has none. Not used without <paramref name="subjectId"/>.</param>
    /// <param name="tenantId">The subject's tenant; null for the provider's.</param>
    /// <param name="cancellationToken">Cancels the wait for the store.</param>
    /// <returns>The decision.</returns>
    /// <exception cref="ArgumentException">No experiment has that name; the message names the registered ones.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask<ExperimentDecision> DecideAsync(
        string experiment, string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Decides which variant the subject gets, without recording an exposure. Allocates nothing. Blocks the thread while it waits for an assignment
    /// store, as the synchronous members of a proxy do: prefer <see cref="DecideAsync"/>, or call <see cref="ISubjectAssignments.PrefetchAsync"/> first.
    /// </summary>
    /// <param name="experiment">The experiment's name (case-sensitive).</param>
    /// <param name="subjectId">The subject's id; null or empty for the subject that <see cref="ISubjectIdentityProvider"/> identifies.</param>
    /// <param name="subjectType">The subject's type; null if it has none. Not used without <paramref name="subjectId"/>.</param>
    /// <param name="tenantId">The subject's tenant; null for the provider's.</param>
    /// <returns>The decision.</returns>
    /// <exception cref="ArgumentException">No experiment has that name; the message names the registered ones.</exception>
    ExperimentDecision Decide(string experiment, string? subjectId = null, string? subjectType = null, string? tenantId = null);

    /// <summary>
    /// Decides which variant the subject gets and records the exposure, as a call of the experiment's proxy would: category switch, sampling, semantics and
    /// repeat memory are the same. Under <see cref="ExposureSemantics.Explicit"/> this is the explicit log. Call it where the subject is served the variant.
    /// </summary>
    /// <param name="experiment">The experiment's name (case-sensitive).</param>
    /// <param name="subjectId">The subject's id; null or empty for the subject that <see cref="ISubjectIdentityProvider"/> identifies.</param>
    /// <param name="subjectType">The subject's type; null if it has none. Not used without <paramref name="subjectId"/>.</param>
    /// <param name="tenantId">The subject's tenant; null for the provider's.</param>
    /// <param name="attributes">The exposure's attributes; null for none. They are read only if the exposure is recorded, at the latest before the returned task completes.</param>
    /// <param name="cancellationToken">Cancels the wait for the store, or for queue capacity in <see cref="BackplaneFailureMode.Block"/> mode.</param>
    /// <returns>The decision, once its exposure is enqueued or dropped. A lost exposure is counted and never throws.</returns>
    /// <exception cref="ArgumentException">No experiment has that name; the message names the registered ones.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask<ExperimentDecision> ExposeAsync(
        string experiment,
        string? subjectId = null,
        string? subjectType = null,
        string? tenantId = null,
        IReadOnlyDictionary<string, object?>? attributes = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns the variant that the subject gets in the experiment of a tagged interface, without recording an exposure. Of several experiments of one
    /// interface, the one whose proxy is resolved without a service key.
    /// </summary>
    /// <typeparam name="TService">The tagged interface.</typeparam>
    /// <param name="subjectId">The subject's id; null or empty for the subject that <see cref="ISubjectIdentityProvider"/> identifies.</param>
    /// <param name="subjectType">The subject's type; null if it has none. Not used without <paramref name="subjectId"/>.</param>
    /// <param name="tenantId">The subject's tenant; null for the provider's.</param>
    /// <returns>The variant's key.</returns>
    /// <exception cref="ArgumentException">The interface has no experiment, or several and none of their proxies is resolved without a key.</exception>
    string VariantOf<TService>(string? subjectId = null, string? subjectType = null, string? tenantId = null)
        where TService : class;

    /// <summary>Decides all registered experiments for the subject, without recording exposures; waits for assignment stores concurrently.</summary>
    /// <param name="subjectId">The subject's id; null or empty for the subject that <see cref="ISubjectIdentityProvider"/> identifies.</param>
    /// <param name="subjectType">The subject's type; null if it has none. Not used without <paramref name="subjectId"/>.</param>
    /// <param name="tenantId">The subject's tenant; null for the provider's.</param>
    /// <param name="cancellationToken">Cancels the wait for the stores.</param>
    /// <returns>A decision for each experiment, in the order of registration.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask<IReadOnlyList<ExperimentDecision>> DecideAllAsync(
        string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default);
}
