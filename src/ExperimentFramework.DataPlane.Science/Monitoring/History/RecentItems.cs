namespace ExperimentFramework.DataPlane.Science;

/// <summary>The last items of a sequence, in a ring buffer that is allocated with the first item.</summary>
/// <param name="capacity">The number of items to keep.</param>
internal sealed class RecentItems<T>(int capacity)
{
    private T[]? _items;
    private int _next;
    private int _count;

    /// <summary>Adds an item. If the buffer is full, it replaces the oldest one.</summary>
    public void Add(T item)
    {
        _items ??= new T[capacity];
        _items[_next] = item;
        _next = _next + 1 == capacity ? 0 : _next + 1;
        _count = Math.Min(_count + 1, capacity);
    }

    /// <summary>Copies the items, newest first.</summary>
    public T[] ToArray()
    {
        var items = new T[_count];
        for (var index = 0; index < items.Length; index++)
        {
            items[index] = _items![(_next - 1 - index + capacity) % capacity];
        }

        return items;
    }
}
