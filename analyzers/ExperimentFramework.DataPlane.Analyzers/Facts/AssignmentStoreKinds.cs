namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>What is known of the assignment stores that are registered.</summary>
[Flags]
internal enum AssignmentStoreKinds
{
    None = 0,

    /// <summary>In the memory of the process.</summary>
    Memory = 1,

    /// <summary>On the host.</summary>
    Host = 2,

    /// <summary>For all hosts.</summary>
    Shared = 4,

    /// <summary>One that could be anything.</summary>
    Any = Host | Shared,
}
