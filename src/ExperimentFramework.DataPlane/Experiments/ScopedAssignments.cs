namespace ExperimentFramework.DataPlane;

/// <summary>
/// The assignments of one experiment in one dependency injection scope. Under <see cref="AssignmentPolicy.SessionSticky"/> each
/// subject keeps its first assignment, and overrides take precedence over it. Under every policy, a change of the current subject that also changes the variant is
/// recorded as an assignment change.
/// </summary>
internal sealed class ScopedAssignments(Assigner assigner, AssignmentPolicy policy, SubjectIdentity identity, AssignmentRecorder changes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Subject, Decision>? _first = policy == AssignmentPolicy.SessionSticky ? [] : null;
    private Current? _current;

    /// <summary>Assigns a variant to the subject.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="isCurrent">Whether the subject comes from the identity provider.</param>
    public Decision Assign(in Subject subject, bool isCurrent)
    {
        var decision = _first is null ? assigner.Assign(subject) : First(subject, _first);
        if (isCurrent && subject.Id is not null)
        {
            CompareIdentity(subject, decision);
        }

        return decision;
    }

    private Decision First(in Subject subject, Dictionary<Subject, Decision> first)
    {
        // Before the kept assignment, because an override may begin or end within the scope.
        if (assigner.FindOverride(subject) is { } overridden)
        {
            return overridden;
        }

        lock (_lock)
        {
            if (first.TryGetValue(subject, out var kept))
            {
                return kept;
            }
        }

        // Outside the lock, because a selector is application code.
        var decision = assigner.Select(subject);
        if (!assigner.IsLasting(subject, decision))
        {
            return decision;
        }

        var sticky = new Decision(decision.Variant, SelectionReasons.Sticky, null, policy, decision.AllocationVersion);
        lock (_lock)
        {
            return first.TryAdd(subject, sticky) ? decision : first[subject];
        }
    }

    private void CompareIdentity(in Subject subject, Decision decision)
    {
        var before = Volatile.Read(ref _current);
        if (before is not null && before.Decision.Variant == decision.Variant && before.Subject == subject)
        {
            return;
        }

        Volatile.Write(ref _current, new Current(subject, decision));
        if (before is null)
        {
            ComparePrevious(subject, decision);
        }
        else if (before.Subject != subject)
        {
            changes.SignedIn(before.Subject, before.Decision, subject, decision);
        }
    }

    /// <summary>
    /// Compares the assignment of a subject that has signed in with the one under its previous id, made by an earlier request in another scope. Only reads, because the
    /// previous subject is not served, and no caller waits for it.
    /// </summary>
    private void ComparePrevious(in Subject subject, Decision decision)
    {
        if (!changes.MayRecord(subject) || identity.Previous(subject) is not { } previous || previous == subject)
        {
            return;
        }

        var peek = assigner.PeekAsync(previous);
        if (peek.IsCompletedSuccessfully)
        {
            Compare(peek.Result, previous, subject, decision);
        }
        else
        {
            _ = CompareLaterAsync(peek, previous, subject, decision);
        }
    }

    private async Task CompareLaterAsync(ValueTask<Decision?> peek, Subject previous, Subject subject, Decision decision) =>
        Compare(await peek.ConfigureAwait(false), previous, subject, decision);

    private void Compare(Decision? before, in Subject previous, in Subject subject, Decision decision)
    {
        if (before is not null)
        {
            changes.SignedIn(previous, before, subject, decision);
        }
    }

    private sealed record Current(Subject Subject, Decision Decision);
}
