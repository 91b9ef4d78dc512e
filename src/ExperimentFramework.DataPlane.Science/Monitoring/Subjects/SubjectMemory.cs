namespace ExperimentFramework.DataPlane.Science;

/// <summary>The slots that all experiments share: for tables of subjects, for open windows and calls, and for the ids of values. The first 1,024 slots of each are not included. Not thread-safe.</summary>
/// <param name="slots">The number of slots, of 8 bytes each.</param>
internal sealed class SubjectMemory(long slots)
{
    /// <summary>The number of slots that are not in use.</summary>
    public long Free { get; private set; } = slots;

    /// <summary>Takes slots.</summary>
    /// <returns>False if there are not enough free slots.</returns>
    public bool TryTake(long count)
    {
        if (count > Free)
        {
            return false;
        }

        Free -= count;
        return true;
    }

    /// <summary>Returns slots.</summary>
    public void Return(long count) => Free += count;
}
