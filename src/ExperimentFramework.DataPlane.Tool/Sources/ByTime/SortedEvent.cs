namespace ExperimentFramework.DataPlane.Tool;

/// <summary>By what an event is sorted, and where its JSON is.</summary>
/// <param name="Ticks">Its time, in ticks of UTC.</param>
/// <param name="Id">Its id.</param>
/// <param name="Offset">Where its JSON begins in memory.</param>
/// <param name="Length">The length of its JSON in bytes.</param>
internal readonly record struct SortedEvent(long Ticks, Guid Id, int Offset, int Length) : IComparable<SortedEvent>
{
    public int CompareTo(SortedEvent other) => (Ticks, Id, Offset).CompareTo((other.Ticks, other.Id, other.Offset));
}
