namespace ExperimentFramework.DataPlane;

/// <summary>Which variant a call was assigned and why: immutable and shared by all calls that were answered alike.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Reason">Why.</param>
/// <param name="RulePath">Which rule named it; null where none did.</param>
/// <param name="Policy">How long a subject is kept on its variant.</param>
/// <param name="AllocationVersion">The set of weights behind it; null where there is none.</param>
/// <param name="Answer">The selector's answer that it was made of; null where it was made of something else.</param>
internal sealed record Decision(
    Variant Variant, string Reason, string? RulePath, AssignmentPolicy Policy, string? AllocationVersion, VariantSelection? Answer = null)
{
    /// <summary>Which of the proxy's instances serves it; here too, because every call asks.</summary>
    public int Instance { get; } = Variant.Instance;
}
