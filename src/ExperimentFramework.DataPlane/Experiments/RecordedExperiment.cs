using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>An experiment whose exposures are recorded although its decisions were made elsewhere.</summary>
internal sealed class RecordedExperiment(string name, IVariantSet variants, AssignmentPolicy policy, ExposureRecorder exposures, FaultLatch unknownVariant)
{
    /// <summary>The maximum number of decisions kept for reuse: those of a decider that reports few variants, rules and versions allocate nothing.</summary>
    private const int MaxInterned = 1_000;

    private readonly BoundedDictionary<(int Variant, string Reason, string? RulePath, string? AllocationVersion), Decision> _interned = new(MaxInterned);

    public string Name => name;

    public IVariantSet Variants => variants;

    public ExposureRecorder Exposures => exposures;

    /// <summary>Whether a variant was reported that the experiment does not have.</summary>
    public FaultLatch UnknownVariant => unknownVariant;

    /// <summary>Returns the decision that was made elsewhere; null if the experiment has no such variant.</summary>
    public Decision? Find(in DecidedExposure exposure) =>
        variants.Find(exposure.VariantKey) is not { } variant ? null : Interned(
            variant, Cleaned(exposure.Reason), Cleaned(exposure.RulePath), Cleaned(exposure.AllocationVersion));

    [return: NotNullIfNotNull(nameof(text))]
    private static string? Cleaned(string? text) => WellFormedText.Of(PrintableText.Sanitize(text));

    private Decision Interned(Variant variant, string reason, string? rulePath, string? allocationVersion)
    {
        var key = (variant.Id, reason, rulePath, allocationVersion);
        if (_interned.TryGetValue(key, out var decision))
        {
            return decision;
        }

        decision = new Decision(variant, reason, rulePath, policy, allocationVersion);
        return _interned.IsFull ? decision : _interned.GetOrAdd(key, decision);
    }
}
