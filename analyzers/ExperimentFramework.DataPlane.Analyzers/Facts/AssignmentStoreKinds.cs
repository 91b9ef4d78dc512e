namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The kinds of assignment stores that are registered.</summary>
[Flags]
internal enum AssignmentStoreKinds
{
    None = 0,

    /// <summary>A store in the memory of the process.</summary>
    Memory = 1,

    /// <summary>A store on the host.</summary>
    Host = 2,

    /// <summary>A store that all hosts share.</summary>
    Shared = 4,

    /// <summary>A store of unknown kind.</summary>
    Any = Host | Shared,
}
