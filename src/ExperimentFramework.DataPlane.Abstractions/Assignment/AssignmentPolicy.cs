namespace ExperimentFramework.DataPlane;

/// <summary>How long a subject keeps the variant that it was assigned.</summary>
public enum AssignmentPolicy
{
    /// <summary>The selector decides at each call.</summary>
    BestEffort = 0,

    /// <summary>The first decision in the dependency injection scope is kept.</summary>
    SessionSticky = 1,

    /// <summary>The first decision for the subject is kept in the configured store.</summary>
    SubjectSticky = 2,

    /// <summary>The first decision for the subject on any host is kept in a shared store.</summary>
    GloballySticky = 3,
}
