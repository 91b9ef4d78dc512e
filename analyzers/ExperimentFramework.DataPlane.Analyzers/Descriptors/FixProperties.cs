namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The properties that diagnostics pass to their code fixes.</summary>
internal static class FixProperties
{
    /// <summary>DP2004: the attribute of the interface must be set to <c>Explicit</c>.</summary>
    public const string Attribute = nameof(Attribute);

    /// <summary>DP1002: a proxy can be written if the outer types are made partial.</summary>
    public const string Partial = nameof(Partial);

    /// <summary>DP4004: a key that no other variant has.</summary>
    public const string FreeKey = nameof(FreeKey);
}
