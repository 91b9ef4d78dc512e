namespace ExperimentFramework.DataPlane;

/// <summary>What became of a record.</summary>
/// <param name="Number">Its number; 0 where no destination will have it.</param>
/// <param name="PendingAdmission">Where it waits for room: whether it got it in time; null where it does not wait.</param>
internal readonly record struct EnqueueResult(long Number, Task<bool>? PendingAdmission = null)
{
    /// <summary>Whether it was taken, or may still be.</summary>
    public bool IsAccepted => Number != 0;
}
