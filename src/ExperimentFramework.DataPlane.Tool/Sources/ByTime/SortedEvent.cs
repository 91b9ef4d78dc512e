namespace ExperimentFramework.DataPlane.Tool;

/// <summary>By what an event is sorted, and where its JSON is.</summary>
/// <param name="Order">Its place.</param>
/// <param name="Offset">Where its JSON begins in memory.</param>
/// <param name="Length">The length of its JSON in bytes.</param>
internal readonly record struct SortedEvent(EventOrder Order, int Offset, int Length) : IComparable<SortedEvent>
{
    public int CompareTo(SortedEvent other) => Order.CompareTo(other.Order) is var order && order != 0 ? order : Offset.CompareTo(other.Offset);
}
