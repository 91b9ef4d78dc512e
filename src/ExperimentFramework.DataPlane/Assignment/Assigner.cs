namespace ExperimentFramework.DataPlane;

/// <summary>
/// Assigns variants to subjects: an override takes precedence over the policy, and the policy's store over the selector.
/// </summary>
internal sealed class Assigner(CallOverrides? callOverrides, Overrides? overrides, SelectorInvoker selector, StickyAssignments? sticky)
{
    /// <summary>The selector, if it alone decides; null if overrides or a store take precedence.</summary>
    public SelectorInvoker? OnlySelector { get; } = callOverrides is null && overrides is null && sticky is null ? selector : null;

    /// <summary>Whether an assignment may require a store.</summary>
    public bool HasStore => sticky is not null;

    public Decision Assign(in Subject subject)
    {
        if (FindOverride(subject) is { } overridden)
        {
            if (subject.Id is not null)
            {
                sticky?.OnOverridden(subject, overridden);
            }

            return overridden;
        }

        return Select(subject);
    }

    /// <summary>Finds an override; one for the call takes precedence over one for its subject.</summary>
    public Decision? FindOverride(in Subject subject) => callOverrides?.Find() ?? overrides?.Find(subject);

    /// <summary>Assigns a variant to a subject that has no override.</summary>
    public Decision Select(in Subject subject) => sticky is null ? selector.Decide(subject) : sticky.Assign(subject);

    /// <summary>Returns what <see cref="Assign"/> would serve, without writing anything or waiting on the caller's thread; null if that is not known.</summary>
    public ValueTask<Decision?> PeekAsync(Subject subject) =>
        FindOverride(subject) is { } overridden ? new(overridden)
        : sticky is null ? new(selector.Decide(subject))
        : sticky.PeekAsync(subject);

    /// <summary>Returns whether a decision may be kept for the subject: not a substitute for a failed selection, nor an override.</summary>
    public bool IsLasting(in Subject subject, Decision decision) =>
        subject.Id is not null && !selector.IsFault(decision) && decision.Reason != SelectionReasons.Override;

    /// <summary>Removes what this process has cached about the subject.</summary>
    public void Forget(in Subject subject) => sticky?.Forget(subject);

    /// <summary>Returns whether the subject can be assigned without waiting for the store.</summary>
    public bool IsCached(in Subject subject) => sticky is null
        || (FindOverride(subject) is null ? sticky.IsCached(subject) : sticky.IsOverrideCached(subject));

    /// <summary>Reads the subject's assignment from the store ahead of a call.</summary>
    public ValueTask PrefetchAsync(Subject subject) =>
        IsCached(subject) ? ValueTask.CompletedTask
        : FindOverride(subject) is { } overridden ? sticky!.OnOverriddenAsync(subject, overridden)
        : sticky!.QueryStoreAsync(subject);
}
