namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>An array that is partly used, and is reused.</summary>
internal struct GrowingArray<T>()
    where T : unmanaged
{
    private T[] _items = [];

    /// <summary>Returns the first items, with any content.</summary>
    public Span<T> Take(int length)
    {
        if (_items.Length < length)
        {
            // Not rented: a pool would also keep all the smaller arrays.
            _items = GC.AllocateUninitializedArray<T>(Math.Max(length, 16));
        }

        return _items.AsSpan(0, length);
    }
}
