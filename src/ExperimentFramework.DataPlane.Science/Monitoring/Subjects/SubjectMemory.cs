namespace ExperimentFramework.DataPlane.Science;

/// <summary>Slots that the subject tables of all experiments share. The first 1,024 of each table do not count. Not thread-safe.</summary>
/// <param name="slots">How many there are, of 8 bytes each.</param>
internal sealed class SubjectMemory(long slots)
{
    /// <summary>The slots that no table has.</summary>
    public long Free { get; private set; } = slots;

    /// <summary>Takes slots.</summary>
    /// <returns>False if there are not as many left.</returns>
    public bool TryTake(int count)
    {
        if (count > Free)
        {
            return false;
        }

        Free -= count;
        return true;
    }

    /// <summary>Gives slots back.</summary>
    public void Return(int count) => Free += count;
}
