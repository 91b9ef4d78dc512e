namespace ExperimentFramework.DataPlane;

/// <summary>The values that the built-in components use for <see cref="AssignmentEvent.ChangeReason"/>.</summary>
public static class AssignmentChangeReasons
{
    /// <summary>The selector's weights differ from those that the experiment started with.</summary>
    public const string WeightsChanged = "weights-changed";

    /// <summary>The configuration value or feature flag that selects the variant has changed.</summary>
    public const string ConfigurationChanged = "configuration-changed";

    /// <summary>The selector returned another variant for an unknown reason.</summary>
    public const string SelectionChanged = "selection-changed";

    /// <summary>An override for the subject was added or removed.</summary>
    public const string Override = "override";

    /// <summary>
    /// The selector's answer was served while the store was unavailable; the policy has now restored the assignment
    /// that is in the store.
    /// </summary>
    public const string Policy = "policy";

    /// <summary>The store lost the assignment that was read from it, and another writer stored a different one first.</summary>
    public const string StoreLost = "store-lost";

    /// <summary>The assigned variant is no longer part of the experiment.</summary>
    public const string VariantRemoved = "variant-removed";

    /// <summary>
    /// The subject has signed in and now has another id: within one scope, or as reported by
    /// <see cref="ISubjectIdentityProvider.TryGetPreviousSubject"/>.
    /// </summary>
    public const string IdentityChanged = "identity-changed";
}
