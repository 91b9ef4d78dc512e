namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// The values of <c>feature_flag.result.reason</c> and <c>error.type</c> by the semantic conventions
/// (https://opentelemetry.io/docs/specs/semconv/feature-flags/feature-flags-events/, version 1.44) for our selection reasons.
/// </summary>
internal static class EvaluationReasons
{
    /// <summary>Whether the reason says that the evaluation failed, so that <c>error.type</c> is required.</summary>
    public const string Error = "error";

    /// <summary>The error of an evaluation whose cause has no specific name.</summary>
    public const string GeneralError = "general";

    /// <summary>Returns the reason; <c>unknown</c> for reasons that a selector of the application has defined.</summary>
    public static string Of(string selectionReason) => selectionReason switch
    {
        SelectionReasons.HashAssignment => "split",
        SelectionReasons.RuleMatch or SelectionReasons.Override => "targeting_match",
        SelectionReasons.Sticky => "cached",
        SelectionReasons.StoreUnavailable => "stale",
        SelectionReasons.TrialSelection => "static",
        SelectionReasons.NoSubject => "default",
        SelectionReasons.SelectorError or SelectionReasons.UnknownVariant or SelectionReasons.Fallback => Error,
        _ => "unknown",
    };
}
