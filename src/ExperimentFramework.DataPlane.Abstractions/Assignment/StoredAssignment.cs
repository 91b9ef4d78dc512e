namespace ExperimentFramework.DataPlane;

/// <summary>An assignment as it is kept in a store.</summary>
public sealed record StoredAssignment
{
    /// <summary>Initializes an assignment.</summary>
    /// <param name="variantKey">The variant's key.</param>
    /// <param name="allocationVersion">The version of the weights that the assignment came from; null if there are none.</param>
    /// <exception cref="ArgumentException"><paramref name="variantKey"/> is null or empty.</exception>
    public StoredAssignment(string variantKey, string? allocationVersion = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(variantKey);
        VariantKey = variantKey;
        AllocationVersion = allocationVersion;
    }

    /// <summary>The variant's key.</summary>
    public string VariantKey { get; }

    /// <summary>The version of the weights that the assignment came from; null if there are none.</summary>
    public string? AllocationVersion { get; }
}
