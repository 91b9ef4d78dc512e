namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>A list that keeps its array when it is cleared, so that the next file is written without allocating.</summary>
internal struct GrowingArray<T>()
    where T : unmanaged
{
    private T[] _items = [];

    public int Count { get; private set; }

    public readonly Span<T> Span => _items.AsSpan(0, Count);

    public readonly ref T this[int index] => ref _items[index];

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Grow(1);
        }

        _items[Count++] = item;
    }

    /// <summary>Returns space for more items behind the last one; <see cref="Advance"/> adds those that were written.</summary>
    public Span<T> Free(int length)
    {
        if (_items.Length - Count < length)
        {
            Grow(length);
        }

        return _items.AsSpan(Count);
    }

    public void Advance(int count) => Count += count;

    public void Clear() => Count = 0;

    private void Grow(int length)
    {
        // Not rented: a pool would also keep all the smaller arrays.
        var larger = GC.AllocateUninitializedArray<T>(checked((int)Math.Max(Math.Min(_items.Length * 2L, Array.MaxLength), Math.Max(Count + (long)length, 16))));
        Span.CopyTo(larger);
        _items = larger;
    }
}
