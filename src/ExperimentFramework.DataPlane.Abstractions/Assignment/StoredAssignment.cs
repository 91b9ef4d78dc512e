namespace ExperimentFramework.DataPlane;

/// <summary>What a store keeps of an assignment.</summary>
public sealed record StoredAssignment
{
    /// <summary>Creates an assignment.</summary>
    /// <param name="variantKey">The variant's key.</param>
    /// <param name="allocationVersion">Which set of weights it came from; null when there were none.</param>
    /// <exception cref="ArgumentException"><paramref name="variantKey"/> is null or empty.</exception>
    public StoredAssignment(string variantKey, string? allocationVersion = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(variantKey);
        VariantKey = variantKey;
        AllocationVersion = allocationVersion;
    }

    /// <summary>The variant's key.</summary>
    public string VariantKey { get; }

    /// <summary>Which set of weights it came from; null when there were none.</summary>
    public string? AllocationVersion { get; }
}
