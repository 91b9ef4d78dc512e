using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Keeps subjects on the variant that a store holds of them: the first answer is written, and whatever the selector answers
/// later is not asked for. What this process knows is served without a question to the store.
/// </summary>
/// <remarks>
/// Only answers of the selector are written: never control that stands in for a fault, and never an override. Where the store
/// cannot be asked, the subject keeps the variant that this process knows, or gets the selector's answer; that one is offered
/// to the store when it answers again, and gives way to what stands there.
/// </remarks>
internal sealed class StickyAssignments(
    string experimentName,
    AssignmentPolicy policy,
    IVariantSet variants,
    SelectorInvoker selector,
    AssignmentStoreCircuitBreaker store,
    AssignmentCache known,
    IAssignmentObserver observer,
    WindowTimer clock,
    WindowTimer retry)
{
    /// <summary>How many decisions are kept to be served again: variants times sets of weights, unless a selector counts its versions up.</summary>
    private const int MaxInterned = 1_000;

    private readonly ConcurrentDictionary<(int Variant, string Reason, string? AllocationVersion), Decision> _interned = new();

    public Decision Assign(in Subject subject)
    {
        if (subject.Id is null)
        {
            return selector.Decide(subject);
        }

        var state = known.Find(subject);
        return state is not null && IsFresh(state) ? state.Serve() : QueryStore(subject, state);
    }

    /// <summary>Whether <see cref="Assign"/> would not ask the store.</summary>
    public bool IsCached(in Subject subject) =>
        subject.Id is null || (known.Find(subject) is { } state && IsFresh(state)) || !store.CanEnter;

    /// <summary>Asks ahead of a call.</summary>
    public async ValueTask QueryStoreAsync(Subject subject)
    {
        // Before the question: what changes while it is under way makes the answer old at once.
        var generation = store.Generation;
        var state = known.Find(subject);
        var candidate = CandidateFor(subject, state);
        var key = KeyOf(subject);
        var answer = await store.QueryAsync(key, ToStore(candidate), expected: null).ConfigureAwait(false);
        var removed = Removed(answer);
        if (removed is not null)
        {
            answer = await store.QueryAsync(key, ToStore(candidate), removed).ConfigureAwait(false);
        }

        Resolve(subject, candidate, state, answer, removed, generation, isAhead: true);
    }

    /// <summary>Whether <see cref="Overridden"/> would not ask the store.</summary>
    public bool IsNoted(in Subject subject) => subject.Id is null || known.Find(subject) is not null || !store.CanEnter;

    /// <summary>Takes note that an override was served in the place of what the policy says.</summary>
    public void Overridden(in Subject subject, Decision decision)
    {
        var current = known.Find(subject);
        if (current?.Decision != decision)
        {
            // Asked once: had the subject a variant before the override named it?
            Note(subject, decision, current?.Decision.Variant.Key ?? store.Query(KeyOf(subject), candidate: null, expected: null).Existing?.VariantKey);
        }
    }

    /// <summary>Takes note ahead of a call.</summary>
    public async ValueTask OverriddenAsync(Subject subject, Decision decision)
    {
        var answer = await store.QueryAsync(KeyOf(subject), candidate: null, expected: null).ConfigureAwait(false);
        if (known.Find(subject) is null)
        {
            Note(subject, decision, answer.Existing?.VariantKey);
        }
    }

    /// <summary>Forgets what this process knows of the subject.</summary>
    public void Forget(in Subject subject) => known.Forget(subject);

    private void Note(in Subject subject, Decision decision, string? before)
    {
        known.Replace(subject, new AssignmentCache.Entry(decision, AssignmentCache.Provenance.Override, 0, 0));
        if (before is not null && !string.Equals(before, decision.Variant.Key, StringComparison.OrdinalIgnoreCase))
        {
            observer.OnAssignmentChanged(subject, before, decision, AssignmentChangeReasons.Override);
        }
    }

    private Decision QueryStore(in Subject subject, AssignmentCache.Entry? state)
    {
        var generation = store.Generation;
        var candidate = CandidateFor(subject, state);
        var key = KeyOf(subject);
        var answer = store.Query(key, ToStore(candidate), expected: null);
        var removed = Removed(answer);
        if (removed is not null)
        {
            answer = store.Query(key, ToStore(candidate), removed);
        }

        return Resolve(subject, candidate, state, answer, removed, generation, isAhead: false);
    }

    /// <summary>What the subject gets unless the store knows better: what it had in this process, else the selector's answer.</summary>
    private Decision CandidateFor(in Subject subject, AssignmentCache.Entry? state) =>
        state is { Provenance: not AssignmentCache.Provenance.Override } ? state.Decision : selector.Decide(subject);

    /// <summary>The assignment that stands in the store, if its variant is no longer one of the experiment's.</summary>
    private StoredAssignment? Removed(in StoreResult answer) =>
        answer.Existing is { } standing && variants.Find(standing.VariantKey) is null ? standing : null;

    private Decision Resolve(
        in Subject subject,
        Decision candidate,
        AssignmentCache.Entry? state,
        in StoreResult answer,
        StoredAssignment? removed,
        long generation,
        bool isAhead)
    {
        if (!answer.IsAnswered)
        {
            var served = WithoutStore(subject, candidate);
            if (answer.IsMissed && ToStore(served) is { } late)
            {
                store.WriteBehind.Enqueue(KeyOf(subject), late);
            }

            return served;
        }

        if (answer.Existing is { } standing)
        {
            // Twice a variant that does not exist: another host is at work, and the next call sees what it leaves.
            return variants.Find(standing.VariantKey) is { } variant
                ? Keep(subject, Interned(variant, SelectionReasons.Sticky, standing.AllocationVersion), generation)
                : candidate;
        }

        if (ToStore(candidate) is null)
        {
            return candidate;
        }

        // The answer that was written says why; those that repeat it are sticky.
        var isNew = state is null or { Provenance: AssignmentCache.Provenance.Override };
        var kept = Keep(
            subject, Interned(candidate.Variant, SelectionReasons.Sticky, candidate.AllocationVersion), generation, isNew && isAhead ? candidate : null);
        if (removed is not null)
        {
            observer.OnAssignmentChanged(subject, removed.VariantKey, kept, AssignmentChangeReasons.VariantRemoved);
        }

        return isNew ? candidate : kept;
    }

    private Decision Keep(in Subject subject, Decision decision, long generation, Decision? first = null)
    {
        var before = known.Replace(
            subject, new AssignmentCache.Entry(decision, AssignmentCache.Provenance.Stored, generation, clock.Now) { First = first });
        if (before is not null && before.Decision.Variant != decision.Variant)
        {
            observer.OnAssignmentChanged(subject, before.Decision.Variant.Key, decision, before.Provenance switch
            {
                AssignmentCache.Provenance.Override => AssignmentChangeReasons.Override,
                AssignmentCache.Provenance.Provisional => AssignmentChangeReasons.Policy,
                _ => AssignmentChangeReasons.StoreLost,
            });
        }

        return decision;
    }

    private Decision WithoutStore(in Subject subject, Decision candidate)
    {
        if (!IsLasting(candidate))
        {
            return candidate;
        }

        var provisional = Interned(candidate.Variant, SelectionReasons.StoreUnavailable, candidate.AllocationVersion);
        var missed = new AssignmentCache.Entry(provisional, AssignmentCache.Provenance.Provisional, 0, retry.Now);
        var standing = known.GetOrAdd(subject, missed);
        if (standing.Provenance == AssignmentCache.Provenance.Override)
        {
            // The override is gone, and the store cannot say what it covered.
            known.Replace(subject, missed);
            if (standing.Decision.Variant != provisional.Variant)
            {
                observer.OnAssignmentChanged(subject, standing.Decision.Variant.Key, provisional, AssignmentChangeReasons.Override);
            }

            return provisional;
        }

        if (standing.Provenance == AssignmentCache.Provenance.Provisional)
        {
            known.Renew(subject, standing, missed.ReadAt);
        }

        return Interned(standing.Decision.Variant, SelectionReasons.StoreUnavailable, standing.Decision.AllocationVersion);
    }

    /// <summary>Whether the state may be served without asking. What the store has just missed is not asked for again at once: nobody waits twice in a row.</summary>
    private bool IsFresh(AssignmentCache.Entry state) => state.Provenance switch
    {
        AssignmentCache.Provenance.Stored => state.Generation == store.Generation && clock.IsOpen(state.ReadAt, clock.Now),
        AssignmentCache.Provenance.Provisional => retry.IsOpen(state.ReadAt, retry.Now),
        _ => false,
    };

    private bool IsLasting(Decision decision) => !selector.IsFault(decision) && decision.Reason != SelectionReasons.Override;

    /// <summary>What is written of a decision; null for one that must not last.</summary>
    private StoredAssignment? ToStore(Decision decision) =>
        IsLasting(decision) ? new StoredAssignment(decision.Variant.Key, decision.AllocationVersion) : null;

    private AssignmentKey KeyOf(in Subject subject) => new(experimentName, subject.Id!, subject.Type, subject.TenantId);

    private Decision Interned(Variant variant, string reason, string? allocationVersion)
    {
        var key = (variant.Id, reason, allocationVersion);
        if (_interned.TryGetValue(key, out var decision))
        {
            return decision;
        }

        decision = new Decision(variant, reason, null, policy, allocationVersion);
        return _interned.Count < MaxInterned ? _interned.GetOrAdd(key, decision) : decision;
    }
}
