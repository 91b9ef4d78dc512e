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

    /// <summary>The assigned variant threw, and control answered for it.</summary>
    public const string Fallback = "fallback";
}
