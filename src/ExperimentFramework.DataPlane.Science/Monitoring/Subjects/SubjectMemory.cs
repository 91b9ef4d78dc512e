namespace ExperimentFramework.DataPlane.Science;

/// <summary>The slots that all experiments share: for tables of subjects, for open windows and calls, and for the ids of values. What small ones take is not included. Not thread-safe.</summary>
/// <param name="slots">The number of slots, of 8 bytes each.</param>
internal sealed class SubjectMemory(long slots)
{
    /// <summary>The number of slots that are not in use; negative if more are in use than there are.</summary>
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

    /// <summary>Takes slots that are needed in any case. If there are not enough, nothing else can be taken until they have been returned.</summary>
    public void Take(long count) => Free -= count;

    /// <summary>Returns slots.</summary>
    public void Return(long count) => Free += count;
}
