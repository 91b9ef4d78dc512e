namespace ExperimentFramework.DataPlane;

/// <summary>
/// Keeps subjects on the variant that a store holds for them: the first selection is written, and the selector is not called for that
/// subject again. Assignments in this process's cache are served without querying the store.
/// </summary>
/// <remarks>
/// Only selections are written: never control served in place of a failed selection, and never an override. If the store is unavailable, the
/// subject keeps its cached variant or gets the selector's; that assignment is offered to the store when it is available again, and yields to
/// an assignment that the store already holds.
/// </remarks>
internal sealed class StickyAssignments(
    string experimentName,
    AssignmentPolicy policy,
    IVariantSet variants,
    SelectorInvoker selector,
    AssignmentStoreCircuitBreaker store,
    AssignmentCache cache,
    IAssignmentObserver observer,
    StickyWindows windows)
{
    /// <summary>
    /// The maximum number of decisions kept for reuse. There is one per variant and allocation version, so only a selector that keeps creating
    /// versions exceeds it.
    /// </summary>
    private const int MaxInterned = 1_000;

    private readonly BoundedDictionary<(int Variant, string Reason, string? AllocationVersion), Decision> _interned = new(MaxInterned);

    public Decision Assign(in Subject subject)
    {
        if (subject.Id is null)
        {
            return selector.Decide(subject);
        }

        var entry = cache.Find(subject);
        return entry is null || !IsFresh(entry) ? QueryStore(subject, entry, CandidateFor(subject, entry))
            : entry.Provenance == AssignmentCache.Provenance.None ? AssignAgain(subject)
            : entry.Serve();
    }

    /// <summary>Returns what <see cref="Assign"/> would serve, as far as it is known, without writing to the store. Does not wait on the caller's thread.</summary>
    /// <returns>The decision; null if the store did not answer or the subject has no assignment.</returns>
    public async ValueTask<Decision?> PeekAsync(Subject subject)
    {
        if (cache.Find(subject) is { Provenance: not AssignmentCache.Provenance.None } entry)
        {
            return entry.Decision;
        }

        // Before the store is awaited, because a selector may depend on the caller's request.
        var candidate = selector.Decide(subject);
        var generation = store.Generation;
        var answer = await store.QueryAsync(KeyOf(subject), candidate: null, expected: null).ConfigureAwait(false);
        return !answer.IsAnswered ? null
            : answer.Existing is { } existing && variants.Find(existing.VariantKey) is { } variant
                ? Keep(subject, Interned(variant, SelectionReasons.Sticky, existing.AllocationVersion), generation)
            : IsLasting(candidate) ? candidate
            : null;
    }

    /// <summary>Returns whether <see cref="Assign"/> would not query the store.</summary>
    public bool IsCached(in Subject subject) =>
        subject.Id is null || (cache.Find(subject) is { } entry && IsFresh(entry)) || !store.CanEnter;

    /// <summary>Queries the store ahead of a call.</summary>
    public async ValueTask QueryStoreAsync(Subject subject)
    {
        // Read before the query: a change of generation during the query makes its result stale at once.
        var generation = store.Generation;
        var entry = cache.Find(subject);
        var candidate = CandidateFor(subject, entry);
        var key = KeyOf(subject);
        var since = store.Now;
        var answer = await store.QueryAsync(key, ToStore(candidate), expected: null).ConfigureAwait(false);
        var removed = Removed(answer);
        if (removed is not null)
        {
            answer = await store.QueryAsync(key, ToStore(candidate), removed, since).ConfigureAwait(false);
        }

        Resolve(subject, candidate, entry, new(answer, removed, generation), isAhead: true);
    }

    /// <summary>Returns whether <see cref="OnOverridden"/> would not query the store.</summary>
    public bool IsOverrideCached(in Subject subject) => subject.Id is null || IsSettled(cache.Find(subject)) || !store.CanEnter;

    /// <summary>Reports that an override was served instead of the policy's assignment.</summary>
    public void OnOverridden(in Subject subject, Decision decision)
    {
        var current = cache.Find(subject);
        if (!IsSettled(current))
        {
            // Queried once per override: did the subject have a variant before?
            CacheOverride(subject, decision, store.Query(KeyOf(subject), candidate: null, expected: null));
        }
        else if (current!.Decision != decision)
        {
            CacheOverride(subject, decision, new StoreResult(IsAnswered: true, new StoredAssignment(current.Decision.Variant.Key)));
        }
    }

    /// <summary>Reports an override ahead of a call.</summary>
    public async ValueTask OnOverriddenAsync(Subject subject, Decision decision)
    {
        var answer = await store.QueryAsync(KeyOf(subject), candidate: null, expected: null).ConfigureAwait(false);
        if (!IsSettled(cache.Find(subject)))
        {
            CacheOverride(subject, decision, answer);
        }
    }

    /// <summary>Removes what this process has cached about the subject.</summary>
    public void Forget(in Subject subject) => cache.Forget(subject);

    private void CacheOverride(in Subject subject, Decision decision, in StoreResult previous)
    {
        cache.Replace(subject, new AssignmentCache.Entry(decision, AssignmentCache.Provenance.Override, 0, windows.Provisional.Now)
        {
            IsPreviousUnknown = previous.IsMissed,
        });
        if (previous.Existing?.VariantKey is { } previousKey && !string.Equals(previousKey, decision.Variant.Key, StringComparison.OrdinalIgnoreCase))
        {
            observer.OnAssignmentChanged(subject, previousKey, decision, AssignmentChangeReasons.Override);
        }
    }

    /// <summary>Assigns a subject that had no assignment a moment ago: the store is only queried if the selector now returns something to write.</summary>
    private Decision AssignAgain(in Subject subject)
    {
        var candidate = selector.Decide(subject);
        return IsLasting(candidate) ? QueryStore(subject, entry: null, candidate) : candidate;
    }

    private Decision QueryStore(in Subject subject, AssignmentCache.Entry? entry, Decision candidate)
    {
        var generation = store.Generation;
        var key = KeyOf(subject);
        var since = store.Now;
        var answer = store.Query(key, ToStore(candidate), expected: null);
        var removed = Removed(answer);
        if (removed is not null)
        {
            answer = store.Query(key, ToStore(candidate), removed, since);
        }

        return Resolve(subject, candidate, entry, new(answer, removed, generation), isAhead: false);
    }

    /// <summary>Returns the assignment to propose to the store: the cached one, else the selector's.</summary>
    private Decision CandidateFor(in Subject subject, AssignmentCache.Entry? entry) =>
        entry is { Provenance: not (AssignmentCache.Provenance.Override or AssignmentCache.Provenance.None) } ? entry.Decision : selector.Decide(subject);

    /// <summary>Returns the stored assignment if its variant no longer exists in the experiment.</summary>
    private StoredAssignment? Removed(in StoreResult answer) =>
        answer.Existing is { } existing && variants.Find(existing.VariantKey) is null ? existing : null;

    private Decision Resolve(in Subject subject, Decision candidate, AssignmentCache.Entry? entry, in StoreReply reply, bool isAhead)
    {
        var (answer, removed, generation) = reply;
        if (!answer.IsAnswered)
        {
            var served = WithoutStore(subject, candidate, isAhead);
            if (answer.IsMissed && ToStore(served) is { } late)
            {
                store.WriteBehind.Enqueue(KeyOf(subject), late);
            }

            return served;
        }

        if (answer.Existing is { } existing)
        {
            // Again a variant that does not exist: another host is replacing it concurrently, and the next call sees the result.
            return variants.Find(existing.VariantKey) is { } variant
                ? Keep(subject, Interned(variant, SelectionReasons.Sticky, existing.AllocationVersion), generation)
                : candidate;
        }

        if (ToStore(candidate) is null)
        {
            return NotKept(subject, candidate, isAhead);
        }

        // The decision that was written keeps its reason; repetitions are sticky.
        var isNew = entry is null or { Provenance: AssignmentCache.Provenance.Override or AssignmentCache.Provenance.None };
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
        var previous = cache.Replace(
            subject, new AssignmentCache.Entry(decision, AssignmentCache.Provenance.Stored, generation, windows.Stored.Now) { First = first });
        if (previous is { Provenance: not AssignmentCache.Provenance.None } && previous.Decision.Variant != decision.Variant)
        {
            observer.OnAssignmentChanged(subject, previous.Decision.Variant.Key, decision, previous.Provenance switch
            {
                AssignmentCache.Provenance.Override => AssignmentChangeReasons.Override,
                AssignmentCache.Provenance.Provisional => AssignmentChangeReasons.Policy,
                _ => AssignmentChangeReasons.StoreLost,
            });
        }

        return decision;
    }

    /// <summary>Remembers for a moment that the subject has no assignment, so that the call for which the store was queried ahead does not query it again.</summary>
    private Decision NotKept(in Subject subject, Decision candidate, bool isAhead)
    {
        if (isAhead && cache.Find(subject) is null or { Provenance: AssignmentCache.Provenance.None })
        {
            cache.Replace(subject, new AssignmentCache.Entry(candidate, AssignmentCache.Provenance.None, 0, windows.Provisional.Now));
        }

        return candidate;
    }

    private Decision WithoutStore(in Subject subject, Decision candidate, bool isAhead)
    {
        if (!IsLasting(candidate))
        {
            return NotKept(subject, candidate, isAhead);
        }

        var provisional = Interned(candidate.Variant, SelectionReasons.StoreUnavailable, candidate.AllocationVersion);
        var missed = new AssignmentCache.Entry(provisional, AssignmentCache.Provenance.Provisional, 0, windows.Provisional.Now);
        var existing = cache.GetOrAdd(subject, missed);
        if (existing.Provenance == AssignmentCache.Provenance.None)
        {
            cache.Replace(subject, missed);
            return provisional;
        }

        if (existing.Provenance == AssignmentCache.Provenance.Override)
        {
            // The override has been removed, and the store cannot return the assignment it replaced.
            cache.Replace(subject, missed);
            if (existing.Decision.Variant != provisional.Variant)
            {
                observer.OnAssignmentChanged(subject, existing.Decision.Variant.Key, provisional, AssignmentChangeReasons.Override);
            }

            return provisional;
        }

        if (existing.Provenance == AssignmentCache.Provenance.Provisional)
        {
            cache.Renew(subject, existing, missed.ReadAt);
        }

        return Interned(existing.Decision.Variant, SelectionReasons.StoreUnavailable, existing.Decision.AllocationVersion);
    }

    /// <summary>Returns whether the entry may be served without a query. A miss is not retried at once, so that no caller waits twice in a row.</summary>
    private bool IsFresh(AssignmentCache.Entry entry) => entry.Provenance switch
    {
        AssignmentCache.Provenance.Stored => entry.Generation == store.Generation && windows.Stored.IsOpen(entry.ReadAt, windows.Stored.Now),
        AssignmentCache.Provenance.Provisional or AssignmentCache.Provenance.None => windows.Provisional.IsOpen(entry.ReadAt, windows.Provisional.Now),
        _ => false,
    };

    /// <summary>Returns whether it is known what the subject had before an override, or was asked a moment ago.</summary>
    private bool IsSettled(AssignmentCache.Entry? entry) =>
        entry is { Provenance: not AssignmentCache.Provenance.None }
        && (!entry.IsPreviousUnknown || windows.Provisional.IsOpen(entry.ReadAt, windows.Provisional.Now));

    private bool IsLasting(Decision decision) => !selector.IsFault(decision) && decision.Reason != SelectionReasons.Override;

    /// <summary>Returns the assignment to store for a decision; null for one that must not be kept.</summary>
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
        return _interned.IsFull ? decision : _interned.GetOrAdd(key, decision);
    }

    /// <summary>The response of the store.</summary>
    /// <param name="Answer">Its last answer.</param>
    /// <param name="Removed">The assignment that it held before, if its variant no longer exists.</param>
    /// <param name="Generation">Its generation before the query.</param>
    private readonly record struct StoreReply(StoreResult Answer, StoredAssignment? Removed, long Generation);
}

/// <summary>How long cached assignments are served without another query.</summary>
/// <param name="Stored">How long assignments from the store are served.</param>
/// <param name="Provisional">How long assignments that were made without the store are served.</param>
internal sealed record StickyWindows(WindowTimer Stored, WindowTimer Provisional);
