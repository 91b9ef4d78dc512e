namespace ExperimentFramework.DataPlane;

/// <summary>The result of enqueuing a record.</summary>
/// <param name="Number">The record's number; 0 if no destination will receive it.</param>
/// <param name="PendingAdmission">Whether the record is admitted in time, if it waits for capacity; null if it does not wait.</param>
internal readonly record struct EnqueueResult(long Number, Task<bool>? PendingAdmission = null)
{
    /// <summary>Whether the record was accepted or is still waiting for capacity.</summary>
    public bool IsAccepted => Number != 0;
}
