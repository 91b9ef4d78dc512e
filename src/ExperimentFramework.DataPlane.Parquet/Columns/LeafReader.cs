using System.Buffers;
using ParquetSharp;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Reads the values of one leaf of a row group, one after the other.</summary>
/// <param name="reader">The leaf, disposed with this reader.</param>
/// <param name="maxDefinition">The definition level of a value that is set.</param>
/// <param name="path">The leaf's path, for messages.</param>
internal sealed class LeafReader<T>(ColumnReader<T> reader, short maxDefinition, string path) : IDisposable
    where T : unmanaged
{
    private const int BatchSize = 4096;

    private readonly short[] _definition = ArrayPool<short>.Shared.Rent(BatchSize);
    private readonly short[] _repetition = ArrayPool<short>.Shared.Rent(BatchSize);
    private readonly T[] _values = ArrayPool<T>.Shared.Rent(BatchSize);
    private long _levels;
    private int _level = -1;
    private int _value = -1;

    /// <summary>How much of the path to the value exists; all of it if <see cref="IsSet"/>.</summary>
    public short Definition => maxDefinition == 0 ? (short)0 : _definition[_level];

    /// <summary>Whether the next value belongs to the same row as the current one, which must have been used: its memory may be gone afterwards.</summary>
    public bool RowContinues => (_level + 1 < _levels || Fill()) && _repetition[_level + 1] > 0;

    public bool IsSet => Definition == maxDefinition;

    /// <summary>The value, if it is set. What it points to is valid until the next move.</summary>
    public T Value => _values[_value];

    /// <summary>Moves to the next value.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidOperationException">The file is damaged.</exception>
    public bool MoveNext()
    {
        if (_level + 1 >= _levels && !Fill())
        {
            return false;
        }

        _level++;
        if (IsSet)
        {
            _value++;
        }

        return true;
    }

    /// <summary>Takes the next rows that all have a value, or that all have none.</summary>
    /// <param name="maxRows">The largest number of rows, at least 1.</param>
    /// <param name="values">The values of the rows. The memory of all of them is valid until the next move.</param>
    /// <returns>The number of rows without a value; 0 if there are values.</returns>
    /// <exception cref="InvalidOperationException">The file is damaged.</exception>
    public int TakeRun(int maxRows, out ReadOnlySpan<T> values)
    {
        values = [];
        if (_level + 1 >= _levels && !Fill())
        {
            throw new InvalidOperationException($"The column {path} has fewer values than there are rows.");
        }

        var rows = Math.Min(maxRows, (int)_levels - _level - 1);
        if (maxDefinition > 0)
        {
            var definition = _definition.AsSpan(_level + 1, rows);
            if (definition[0] != maxDefinition)
            {
                var next = definition.IndexOf(maxDefinition);
                rows = next < 0 ? rows : next;
                _level += rows;
                return rows;
            }

            var end = definition.IndexOfAnyExcept(maxDefinition);
            rows = end < 0 ? rows : end;
        }

        values = _values.AsSpan(_value + 1, rows);
        _level += rows;
        _value += rows;
        return 0;
    }

    public void Dispose()
    {
        reader.Dispose();
        ArrayPool<short>.Shared.Return(_definition);
        ArrayPool<short>.Shared.Return(_repetition);
        ArrayPool<T>.Shared.Return(_values);
    }

    private bool Fill()
    {
        (_level, _value) = (-1, -1);
        var values = 0L;
        _levels = reader.HasNext ? reader.ReadBatch(BatchSize, _definition, _repetition, _values, out values) : 0;

        // What lies behind the values in the array is left from other ones.
        var set = maxDefinition == 0 ? _levels : _definition.AsSpan(0, (int)_levels).Count(maxDefinition);
        return values == set ? _levels > 0 : throw new InvalidOperationException($"The column {path} has {values} values where its levels announce {set}.");
    }
}
