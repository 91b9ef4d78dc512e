namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The values of <c>AssignmentPolicy</c>, which an analyzer sees as numbers.</summary>
internal static class KnownPolicies
{
    public const int BestEffort = 0;
    public const int SubjectSticky = 2;
    public const int GloballySticky = 3;
}
