namespace ExperimentFramework.DataPlane;

/// <summary>What became of one event of a batch.</summary>
public enum DeliveryStatus
{
    /// <summary>The destination has it.</summary>
    Delivered = 0,

    /// <summary>The destination does not have it, and may take it later: it is tried again.</summary>
    TransientFailure = 1,

    /// <summary>The destination will never take it: it is counted as dropped.</summary>
    PermanentFailure = 2,
}
