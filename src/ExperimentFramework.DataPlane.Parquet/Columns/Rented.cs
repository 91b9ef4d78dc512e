using System.Buffers;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>An array that is rented for the duration of one call.</summary>
internal readonly ref struct Rented<T>(int length)
    where T : unmanaged
{
    private readonly T[] _array = ArrayPool<T>.Shared.Rent(length);

    public Span<T> Span => _array.AsSpan(0, length);

    public void Dispose() => ArrayPool<T>.Shared.Return(_array);
}
