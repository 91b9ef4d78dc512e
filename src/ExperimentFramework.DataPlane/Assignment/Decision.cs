namespace ExperimentFramework.DataPlane;

/// <summary>The variant a call was assigned, and why. Immutable, and shared by all calls with the same result.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Reason">The selection reason.</param>
/// <param name="RulePath">The rule that named the variant; null if no rule did.</param>
/// <param name="Policy">How long a subject keeps its variant.</param>
/// <param name="AllocationVersion">The version of the weights used; null if there are none.</param>
/// <param name="Answer">The selection it was created from; null if it was not created from a selection.</param>
internal sealed record Decision(
    Variant Variant, string Reason, string? RulePath, AssignmentPolicy Policy, string? AllocationVersion, VariantSelection? Answer = null)
{
    /// <summary>The index of the proxy's instance that serves the variant; copied here because every call reads it.</summary>
    public int Instance { get; } = Variant.Instance;
}
