namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The values of <c>ExposureSemantics</c>, which an analyzer sees as numbers.</summary>
internal static class KnownSemantics
{
    public const int OnDecision = 0;
    public const int Explicit = 2;

    /// <summary>The names, in the order of their values.</summary>
    public static readonly string[] Names = ["OnDecision", "OnFirstUse", "Explicit"];

    /// <summary>Whether an experiment logs by itself under a value.</summary>
    public static bool LogsByItself(int semantics) => semantics is >= OnDecision and < Explicit;
}
