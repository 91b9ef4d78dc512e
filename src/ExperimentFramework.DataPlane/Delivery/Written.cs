namespace ExperimentFramework.DataPlane;

/// <summary>What became of a record.</summary>
/// <param name="Number">Its number; 0 where no destination will have it.</param>
/// <param name="Waiting">Where it waits for room: whether it got it in time; null where it does not wait.</param>
internal readonly record struct Written(long Number, Task<bool>? Waiting = null)
{
    /// <summary>Whether it was taken, or may still be.</summary>
    public bool IsTaken => Number != 0;
}
