namespace ExperimentFramework.DataPlane;

/// <summary>
/// Keeps the variant that a subject was first assigned. Called from many threads at once. It throws when it cannot answer:
/// the selector's answer is then served.
/// </summary>
/// <remarks>
/// The exception says whose fault it is. <see cref="TimeoutException"/>: no answer in time; after several in a row the store is left alone for
/// moments before it is tried again. <see cref="IOException"/>: the store cannot be used at all, because the connection is lost or the disk is
/// full, say; it is left alone at once. Any other exception: a fault of this one subject, such as a damaged row; it is counted, and the store
/// stays in use for all others.
/// </remarks>
public interface IAssignmentStore
{
    /// <summary>
    /// Whether every host of the application asks the same store, which <see cref="AssignmentPolicy.GloballySticky"/> needs.
    /// </summary>
    bool IsShared { get; }

    /// <summary>
    /// A number that differs from before when what was read may no longer stand, after a lost connection say: remembered
    /// answers are then asked for again. Default: 0, always.
    /// </summary>
    long Generation => 0;

    /// <summary>The state in numbers, by name, for health. Default: empty.</summary>
    IReadOnlyDictionary<string, object> Diagnostics => new Dictionary<string, object>();

    /// <summary>
    /// What is wrong with the store although it answers, as a sentence for an operator: that the server may evict assignments, say. Health is
    /// degraded while it is not null. Must not wait. Default: null.
    /// </summary>
    string? DegradedReason => null;

    /// <summary>Reads an assignment.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="timeout">How long to wait at most; beyond it, throw <see cref="TimeoutException"/>.</param>
    /// <returns>The assignment; null where there is none.</returns>
    StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout);

    /// <summary>Reads an assignment.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    /// <returns>The assignment; null where there is none.</returns>
    ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes an assignment unless another one than <paramref name="expected"/> stands there, in one atomic step: of several
    /// writers, on whichever host, one wins and the others get its assignment.
    /// </summary>
    /// <param name="key">Whose.</param>
    /// <param name="candidate">What to write.</param>
    /// <param name="expected">What may stand there and is written over; null for nothing.</param>
    /// <param name="timeout">How long to wait at most; beyond it, throw <see cref="TimeoutException"/>.</param>
    /// <returns>Null where the candidate was written; else the assignment that stands there and stays.</returns>
    StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, TimeSpan timeout);

    /// <summary>
    /// Writes an assignment unless another one than <paramref name="expected"/> stands there, in one atomic step: of several
    /// writers, on whichever host, one wins and the others get its assignment.
    /// </summary>
    /// <param name="key">Whose.</param>
    /// <param name="candidate">What to write.</param>
    /// <param name="expected">What may stand there and is written over; null for nothing.</param>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    /// <returns>Null where the candidate was written; else the assignment that stands there and stays.</returns>
    ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes the subject's assignments in all experiments, including those that have ended. The subject is exactly the one given: another type
    /// or tenant with the same id is another subject. Default: not supported.
    /// </summary>
    /// <param name="subjectId">The subject's id.</param>
    /// <param name="subjectType">The subject's type; null or empty for a subject without one.</param>
    /// <param name="tenantId">The subject's tenant; null or empty for a subject without one.</param>
    /// <param name="cancellationToken">Cancels the deletion; what was deleted until then stays deleted.</param>
    /// <returns>The number of assignments deleted; 0 if there were none.</returns>
    /// <exception cref="ArgumentException"><paramref name="subjectId"/> is null or empty.</exception>
    /// <exception cref="NotSupportedException">The store cannot delete.</exception>
    ValueTask<long> ForgetAsync(
        string subjectId, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"{GetType().Name} cannot delete a subject: implement {nameof(IAssignmentStore)}.{nameof(ForgetAsync)}.");
}
