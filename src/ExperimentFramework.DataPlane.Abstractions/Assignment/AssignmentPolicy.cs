namespace ExperimentFramework.DataPlane;

/// <summary>How long a subject is kept on the variant it was given.</summary>
public enum AssignmentPolicy
{
    /// <summary>The selector's answer to each call.</summary>
    BestEffort = 0,

    /// <summary>The first answer in the dependency injection scope.</summary>
    SessionSticky = 1,

    /// <summary>The first answer for the subject in the configured store.</summary>
    SubjectSticky = 2,

    /// <summary>The first answer for the subject on any host, in a shared store.</summary>
    GloballySticky = 3,
}
