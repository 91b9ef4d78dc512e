namespace ExperimentFramework.DataPlane;

/// <summary>
/// Decides which variant a subject gets: an override goes before the policy, and the policy's store before the selector.
/// </summary>
internal sealed class Assigner(CallOverrides? callOverrides, Overrides? overrides, SelectorInvoker selector, StickyAssignments? stored)
{
    /// <summary>The selector, where it alone decides; null where something goes before it.</summary>
    public SelectorInvoker? SelectorAlone { get; } = callOverrides is null && overrides is null && stored is null ? selector : null;

    /// <summary>Whether a decision may have to ask a store.</summary>
    public bool HasStore => stored is not null;

    public Decision Assign(in Subject subject)
    {
        if (Named(subject) is { } named)
        {
            if (subject.Id is not null)
            {
                stored?.Overridden(subject, named);
            }

            return named;
        }

        return stored is null ? selector.Decide(subject) : stored.Assign(subject);
    }

    /// <summary>Whether an answer holds for the subject from now on: not one that stands in for a fault, nor an override.</summary>
    public bool IsLasting(in Subject subject, Decision decision) =>
        subject.Id is not null && !selector.IsFault(decision) && decision.Reason != SelectionReasons.Override;

    /// <summary>Forgets what this process knows of the subject.</summary>
    public void Forget(in Subject subject) => stored?.Forget(subject);

    /// <summary>Whether a decision for the subject would wait for nothing.</summary>
    public bool IsCached(in Subject subject) => stored is null
        || (Named(subject) is null ? stored.IsCached(subject) : stored.IsNoted(subject));

    /// <summary>Asks what a decision for the subject would wait for.</summary>
    public ValueTask PrefetchAsync(Subject subject) =>
        IsCached(subject) ? ValueTask.CompletedTask
        : Named(subject) is { } named ? stored!.OverriddenAsync(subject, named)
        : stored!.QueryStoreAsync(subject);

    /// <summary>What the call names goes before what is named for its subject.</summary>
    private Decision? Named(in Subject subject) => callOverrides?.Find() ?? overrides?.Find(subject);
}
