namespace ExperimentFramework.DataPlane;

/// <summary>The reason that a query to a store failed.</summary>
internal enum StoreFault
{
    /// <summary>The store did not answer in time.</summary>
    Timeout,

    /// <summary>The store reported that it cannot be used at all, for example because the connection is lost or the disk is full.</summary>
    Unreachable,

    /// <summary>The store works but failed for this subject, for example because another program's value is under its key.</summary>
    Subject,
}
