namespace ExperimentFramework.DataPlane;

/// <summary>A counter for calls that do nothing else: incrementing it takes no lock and no interlocked instruction, and no count is lost.</summary>
/// <param name="cells">The cells of all threads.</param>
internal sealed class PerThreadCounter(PerThreadCells cells)
{
    private readonly int _index = cells.Reserve();

    /// <summary>The number of increments by all threads.</summary>
    public long Value => cells.Sum(_index);

    public void Increment()
    {
        var own = cells.OfThread;
        var (counts, index) = (own.Counts, _index);
        if ((uint)index < (uint)counts.Length)
        {
            counts[index]++;
        }
        else
        {
            cells.Grow(own, index)[index]++;
        }
    }
}
