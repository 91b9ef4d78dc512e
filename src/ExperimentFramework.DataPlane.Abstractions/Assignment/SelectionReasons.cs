namespace ExperimentFramework.DataPlane;

/// <summary>The values that the built-in components use for <see cref="ExposureEvent.SelectionReason"/>.</summary>
public static class SelectionReasons
{
    /// <summary>A configuration value or feature flag selected the variant.</summary>
    public const string TrialSelection = "trial-selection";

    /// <summary>The weighted hash of the subject selected the variant.</summary>
    public const string HashAssignment = "hash-assignment";

    /// <summary>The subject is unknown, so control was served.</summary>
    public const string NoSubject = "no-subject";

    /// <summary>The selector threw, so control was served.</summary>
    public const string SelectorError = "selector-error";

    /// <summary>The selector named a variant that does not exist, so control was served.</summary>
    public const string UnknownVariant = "unknown-variant";

    /// <summary>An override selected the variant for the subject.</summary>
    public const string Override = "override";

    /// <summary>A rule of the selector matched the subject.</summary>
    public const string RuleMatch = "rule-match";

    /// <summary>The policy kept the variant that the subject was assigned before.</summary>
    public const string Sticky = "sticky";

    /// <summary>
    /// The policy's store was unavailable: the selector decided, or the subject's last variant was kept if this process
    /// knew it.
    /// </summary>
    public const string StoreUnavailable = "store-unavailable";

    /// <summary>The assigned variant threw, and control served the call instead.</summary>
    public const string Fallback = "fallback";

    /// <summary>Code outside the data plane selected the variant and gave no reason; the default of <see cref="DecidedExposure.Reason"/>.</summary>
    public const string DecidedElsewhere = "decided-elsewhere";
}
