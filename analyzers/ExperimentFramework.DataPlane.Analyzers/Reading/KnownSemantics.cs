namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The values of <c>ExposureSemantics</c>, which an analyzer sees as numbers.</summary>
internal static class KnownSemantics
{
    public const int OnDecision = 0;
    public const int Explicit = 2;

    /// <summary>The names, in the order of the values.</summary>
    public static readonly string[] Names = ["OnDecision", "OnFirstUse", "Explicit"];

    /// <summary>Returns whether exposures are recorded automatically with the given semantics.</summary>
    public static bool IsAutomatic(int semantics) => semantics is >= OnDecision and < Explicit;
}
