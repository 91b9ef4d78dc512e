namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The memory that all sets of a summary share, in slots.</summary>
/// <param name="slots">How many there are.</param>
internal sealed class SlotBudget(int slots)
{
    private int _left = slots;

    /// <summary>Takes slots.</summary>
    /// <returns>False if there are not as many left.</returns>
    public bool TryTake(int count)
    {
        if (count > _left)
        {
            return false;
        }

        _left -= count;
        return true;
    }
}
