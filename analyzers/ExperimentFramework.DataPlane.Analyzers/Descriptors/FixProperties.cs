namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>What diagnostics tell their fixes.</summary>
internal static class FixProperties
{
    /// <summary>DP2004: the attribute of the interface has to say <c>Explicit</c>.</summary>
    public const string Attribute = nameof(Attribute);

    /// <summary>DP1002: making the outer types partial is all that is missing.</summary>
    public const string Partial = nameof(Partial);

    /// <summary>DP4004: a key that is free.</summary>
    public const string FreeKey = nameof(FreeKey);
}
