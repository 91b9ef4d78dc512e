namespace ExperimentFramework.DataPlane;

/// <summary>The reasons that the built-in parts give in <see cref="AssignmentEvent.ChangeReason"/>.</summary>
public static class AssignmentChangeReasons
{
    /// <summary>The selector's weights are no longer those that the experiment began with.</summary>
    public const string WeightsChanged = "weights-changed";

    /// <summary>The configuration value or feature flag that chooses has changed.</summary>
    public const string ConfigurationChanged = "configuration-changed";

    /// <summary>The selector answered differently, and nothing says why.</summary>
    public const string SelectionChanged = "selection-changed";

    /// <summary>The subject is named in an override, or no longer.</summary>
    public const string Override = "override";

    /// <summary>
    /// While the store could not be asked the selector's answer was served; the policy has put the subject back on the
    /// assignment that stands in the store.
    /// </summary>
    public const string Policy = "policy";

    /// <summary>The store no longer holds the assignment that was read from it, and another writer came first.</summary>
    public const string StoreLost = "store-lost";

    /// <summary>The assigned variant is no longer one of the experiment's.</summary>
    public const string VariantRemoved = "variant-removed";

    /// <summary>
    /// Who the current subject is has changed, by signing in: within one scope, or as
    /// <see cref="ISubjectIdentityProvider.TryGetPreviousSubject"/> says.
    /// </summary>
    public const string IdentityChanged = "identity-changed";
}
