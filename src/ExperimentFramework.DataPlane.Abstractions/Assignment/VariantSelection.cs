namespace ExperimentFramework.DataPlane;

/// <summary>The variant that a selector selected, and the reason. Immutable, so that an instance can be reused.</summary>
public sealed class VariantSelection
{
    /// <summary>Initializes a selection.</summary>
    /// <param name="variantKey">
    /// The variant's key. Case-insensitive among registered variants; if variants are not registered, keys that differ in case are two variants, and only
    /// <see cref="VariantKeys.Control"/> is matched in any case.
    /// </param>
    /// <param name="reason">One of <see cref="SelectionReasons"/> or a reason defined by the selector.</param>
    /// <param name="rulePath">The location of the rule that matched, for example <c>configuration:PaymentProvider</c>; null if there are no rules.</param>
    /// <param name="allocationVersion">The version of the weights that were used; null if there are none.</param>
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

    /// <summary>Why the variant was selected.</summary>
    public string Reason { get; }

    /// <summary>The location of the rule that matched; null if the selector has no rules.</summary>
    public string? RulePath { get; }

    /// <summary>The version of the weights that were used; null if there are none.</summary>
    public string? AllocationVersion { get; }

    /// <summary>
    /// The weights of <see cref="AllocationVersion"/> by variant key, published once per version so that the planned split is
    /// known; null if the selector does not provide them.
    /// </summary>
    public IReadOnlyDictionary<string, double>? Weights { get; init; }
}
