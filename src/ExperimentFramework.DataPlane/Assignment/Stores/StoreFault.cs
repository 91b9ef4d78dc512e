namespace ExperimentFramework.DataPlane;

/// <summary>Why a store gave no answer.</summary>
internal enum StoreFault
{
    /// <summary>It was silent: no answer came in time.</summary>
    Timeout,

    /// <summary>It said itself that it cannot be used at all: the connection is lost, or the disk is full.</summary>
    Unreachable,

    /// <summary>It could not answer for this subject: another program's value is under its key, say. The store itself works.</summary>
    Subject,
}
