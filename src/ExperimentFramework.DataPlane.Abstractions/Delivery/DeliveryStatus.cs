namespace ExperimentFramework.DataPlane;

/// <summary>The delivery status of one event of a batch.</summary>
public enum DeliveryStatus
{
    /// <summary>The destination accepted the event.</summary>
    Delivered = 0,

    /// <summary>The destination did not accept the event but may accept it later: it is retried.</summary>
    TransientFailure = 1,

    /// <summary>The destination will never accept the event: it is counted as dropped.</summary>
    PermanentFailure = 2,
}
