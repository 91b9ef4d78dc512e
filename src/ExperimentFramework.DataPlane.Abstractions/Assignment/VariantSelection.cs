namespace ExperimentFramework.DataPlane;

/// <summary>A selector's answer: which variant, and why. Immutable, so that an instance can be answered again.</summary>
public sealed class VariantSelection
{
    /// <summary>Creates an answer.</summary>
    /// <param name="variantKey">The variant's key, compared without regard to case.</param>
    /// <param name="reason">One of <see cref="SelectionReasons"/> or a reason of the selector's own.</param>
    /// <param name="rulePath">Where the rule that matched stands, for example <c>configuration:PaymentProvider</c>.</param>
    /// <param name="allocationVersion">Which set of weights answered.</param>
    /// <exception cref="ArgumentException"><paramref name="variantKey"/> or <paramref name="reason"/> is null or empty.</exception>
    public VariantSelection(string variantKey, string reason, string? rulePath = null, string? allocationVersion = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(variantKey);
        ArgumentException.ThrowIfNullOrEmpty(reason);
        VariantKey = variantKey;
        Reason = reason;
        RulePath = rulePath;
        AllocationVersion = allocationVersion;
    }

    /// <summary>The variant's key.</summary>
    public string VariantKey { get; }

    /// <summary>Why this variant.</summary>
    public string Reason { get; }

    /// <summary>Where the rule that matched stands; null when the selector has no rules.</summary>
    public string? RulePath { get; }

    /// <summary>Which set of weights answered; null when there are none.</summary>
    public string? AllocationVersion { get; }

    /// <summary>
    /// The weights of <see cref="AllocationVersion"/> by variant key, published once per version so that the planned split is
    /// known; null where the selector does not tell them.
    /// </summary>
    public IReadOnlyDictionary<string, double>? Weights { get; init; }
}
