using System.Buffers;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>A list in a rented array, which keeps the array when it is cleared.</summary>
internal struct PooledArray<T>()
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

    /// <summary>Returns room for more items behind the last one; <see cref="Advance"/> adds those that were written.</summary>
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

    public void Return()
    {
        if (_items.Length > 0)
        {
            ArrayPool<T>.Shared.Return(_items);
        }

        _items = [];
        Count = 0;
    }

    private void Grow(int length)
    {
        var larger = ArrayPool<T>.Shared.Rent(checked((int)Math.Max(Math.Min(_items.Length * 2L, Array.MaxLength), Count + (long)length)));
        Span.CopyTo(larger);
        if (_items.Length > 0)
        {
            ArrayPool<T>.Shared.Return(_items);
        }

        _items = larger;
    }
}
