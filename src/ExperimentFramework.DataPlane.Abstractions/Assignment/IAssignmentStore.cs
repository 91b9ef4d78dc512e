namespace ExperimentFramework.DataPlane;

/// <summary>
/// Stores the variant that a subject was first assigned. Called from many threads concurrently. An implementation throws if it cannot answer;
/// the selector's answer is then served.
/// </summary>
/// <remarks>
/// The type of the exception says what failed. <see cref="TimeoutException"/>: no answer in time; after several in a row the store is not queried for a
/// short time. <see cref="IOException"/>: the store is unavailable, for example because the connection is lost or the disk is
/// full; it is not queried for a short time, starting at once. Any other exception: an error that concerns this subject only, such as a damaged row; it is
/// counted, and the store stays in use for all other subjects.
/// </remarks>
public interface IAssignmentStore
{
    /// <summary>
    /// Whether all hosts of the application use the same store, which <see cref="AssignmentPolicy.GloballySticky"/> requires.
    /// </summary>
    bool IsShared { get; }

    /// <summary>
    /// A number that changes when assignments read earlier may be outdated, for example after a lost connection: cached
    /// assignments are then read again. Default: always 0.
    /// </summary>
    long Generation => 0;

    /// <summary>The store's state in numbers, by name, for health reports. Default: empty.</summary>
    IReadOnlyDictionary<string, object> Diagnostics => new Dictionary<string, object>();

    /// <summary>
    /// A sentence for operators about a problem of a store that still answers, for example that the server may evict assignments. Health is
    /// degraded while it is not null. The getter must not block. Default: null.
    /// </summary>
    string? DegradedReason => null;

    /// <summary>Reads an assignment.</summary>
    /// <param name="key">The experiment and the subject.</param>
    /// <param name="timeout">The longest time to wait. When it has elapsed, throw <see cref="TimeoutException"/>.</param>
    /// <returns>The assignment; null if there is none.</returns>
    StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout);

    /// <summary>Reads an assignment.</summary>
    /// <param name="key">The experiment and the subject.</param>
    /// <param name="cancellationToken">Canceled when the time limit has elapsed.</param>
    /// <returns>The assignment; null if there is none.</returns>
    ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes an assignment, unless the store has one that differs from <paramref name="expected"/>, in one atomic step (compare-and-set): of several
    /// concurrent writers, on any host, one wins and the others receive its assignment.
    /// </summary>
    /// <param name="key">The experiment and the subject.</param>
    /// <param name="candidate">The assignment to write.</param>
    /// <param name="expected">The stored assignment that may be overwritten; null if none is expected.</param>
    /// <param name="timeout">The longest time to wait. When it has elapsed, throw <see cref="TimeoutException"/>.</param>
    /// <returns>Null if the candidate was written; otherwise the assignment in the store, which is unchanged.</returns>
    StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, TimeSpan timeout);

    /// <summary>
    /// Writes an assignment, unless the store has one that differs from <paramref name="expected"/>, in one atomic step (compare-and-set): of several
    /// concurrent writers, on any host, one wins and the others receive its assignment.
    /// </summary>
    /// <param name="key">The experiment and the subject.</param>
    /// <param name="candidate">The assignment to write.</param>
    /// <param name="expected">The stored assignment that may be overwritten; null if none is expected.</param>
    /// <param name="cancellationToken">Canceled when the time limit has elapsed.</param>
    /// <returns>Null if the candidate was written; otherwise the assignment in the store, which is unchanged.</returns>
    ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes the subject's assignments in all experiments, including those that have ended. The subject must match exactly: another type
    /// or tenant with the same id is another subject. Default: not supported.
    /// </summary>
    /// <param name="subjectId">The subject's id.</param>
    /// <param name="subjectType">The subject's type; null or empty for a subject without one.</param>
    /// <param name="tenantId">The subject's tenant; null or empty for a subject without one.</param>
    /// <param name="cancellationToken">Cancels the deletion. Assignments that were deleted before stay deleted.</param>
    /// <returns>The number of assignments deleted; 0 if there were none.</returns>
    /// <exception cref="ArgumentException"><paramref name="subjectId"/> is null or empty.</exception>
    /// <exception cref="NotSupportedException">The store cannot delete.</exception>
    ValueTask<long> ForgetAsync(
        string subjectId, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"{GetType().Name} cannot delete a subject: implement {nameof(IAssignmentStore)}.{nameof(ForgetAsync)}.");
}
