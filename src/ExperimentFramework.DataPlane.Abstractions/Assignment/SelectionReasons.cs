namespace ExperimentFramework.DataPlane;

/// <summary>The reasons that the built-in parts give in <see cref="ExposureEvent.SelectionReason"/>.</summary>
public static class SelectionReasons
{
    /// <summary>A configuration key or feature flag chose.</summary>
    public const string TrialSelection = "trial-selection";

    /// <summary>The weighted hash of the subject chose.</summary>
    public const string HashAssignment = "hash-assignment";

    /// <summary>The subject is unknown, so control was served.</summary>
    public const string NoSubject = "no-subject";

    /// <summary>The selector threw, so control was served.</summary>
    public const string SelectorError = "selector-error";

    /// <summary>The selector named a variant that does not exist, so control was served.</summary>
    public const string UnknownVariant = "unknown-variant";

    /// <summary>The subject is named in an override.</summary>
    public const string Override = "override";

    /// <summary>A rule of the selector matched the subject.</summary>
    public const string RuleMatch = "rule-match";

    /// <summary>The policy kept the subject on the variant that it was given before.</summary>
    public const string Sticky = "sticky";

    /// <summary>
    /// The policy's store could not be asked: the selector answered or, where this process knew it, the subject's last
    /// variant was kept.
    /// </summary>
    public const string StoreUnavailable = "store-unavailable";

    /// <summary>The assigned variant threw, and control answered for it.</summary>
    public const string Fallback = "fallback";
}
