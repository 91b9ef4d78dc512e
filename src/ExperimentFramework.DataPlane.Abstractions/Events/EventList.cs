namespace ExperimentFramework.DataPlane;

/// <summary>The rows of an event, compared by content.</summary>
internal readonly struct EventList<T>(IReadOnlyList<T>? items) : IEquatable<EventList<T>>
    where T : class
{
    private readonly IReadOnlyList<T>? _items = items;

    /// <summary>The rows.</summary>
    public IReadOnlyList<T> Items => _items ?? [];

    public bool Equals(EventList<T> other) => ReferenceEquals(_items, other._items) || Items.SequenceEqual(other.Items);

    public override bool Equals(object? obj) => obj is EventList<T> other && Equals(other);

    public override int GetHashCode() => Items.Count;
}
