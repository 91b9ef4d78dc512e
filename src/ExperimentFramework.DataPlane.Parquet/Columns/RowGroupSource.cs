using ParquetSharp;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Receives the values of consecutive rows.</summary>
/// <param name="values">The values.</param>
internal delegate void ValuesAction<T>(ReadOnlySpan<T> values);

/// <summary>One row group of a file, read some rows at a time. Its leaves are found by their paths.</summary>
/// <param name="group">The row group, disposed with the source.</param>
/// <param name="leaves">The positions of the file's leaves by path.</param>
/// <param name="file">The path of the file, for messages.</param>
internal sealed class RowGroupSource(RowGroupReader group, IReadOnlyDictionary<string, int> leaves, string file) : IDisposable
{
    /// <summary>The position of a leaf that is not to be read.</summary>
    public const int Unread = -1;

    /// <summary>The size of an id.</summary>
    public const int IdBytes = 16;

    private readonly Dictionary<string, IDisposable> _open = new(StringComparer.Ordinal);
    private readonly int _allRows = checked((int)group.MetaData.NumRows);

    /// <summary>The position in the row group of the first row to read.</summary>
    public int FirstRow { get; private set; }

    /// <summary>The number of rows to read.</summary>
    public int Rows { get; private set; }

    /// <summary>Moves to the next rows.</summary>
    /// <returns>False at the end of the row group.</returns>
    public bool MoveNext(int maxRows)
    {
        FirstRow += Rows;
        Rows = Math.Min(maxRows, _allRows - FirstRow);
        return Rows > 0;
    }

    public void Dispose()
    {
        foreach (var leaf in _open.Values)
        {
            leaf.Dispose();
        }

        group.Dispose();
    }

    /// <summary>Reads the values of the rows to read from a leaf that has at most one in each.</summary>
    /// <param name="path">The leaf's path.</param>
    /// <param name="isOptional">Whether rows may have no value.</param>
    /// <param name="addValues">Receives the values of consecutive rows, which are valid until it returns.</param>
    /// <param name="addUnset">Receives a number of consecutive rows without a value.</param>
    /// <exception cref="InvalidDataException">The file has no such leaf, and every row has a value in it; or its values are of another type.</exception>
    /// <exception cref="InvalidOperationException">The file is damaged.</exception>
    public void Read<T>(string path, bool isOptional, ValuesAction<T> addValues, Action<int> addUnset)
        where T : unmanaged
    {
        var reader = Open<T>(path, isOptional);
        for (var left = Rows; left > 0;)
        {
            ReadOnlySpan<T> values = [];
            var unset = reader?.TakeRun(left, out values) ?? left;
            addValues(values);
            addUnset(unset);
            left -= values.Length + unset;
        }
    }

    /// <summary>Opens a leaf, or returns it at its current position.</summary>
    /// <returns>Null if the leaf is not to be read; or if the file has none, and its column may be null: the file was written before the column existed.</returns>
    /// <exception cref="InvalidDataException">The file has no such leaf, and every row has a value in it; or its values are of another type.</exception>
    public LeafReader<T>? Open<T>(string path, bool isOptional)
        where T : unmanaged
    {
        if (!leaves.TryGetValue(path, out var index))
        {
            return isOptional ? null : throw new InvalidDataException(
                $"{file} has no column {path}, which every event has in it. It was not written by ParquetDataBackplane, or a column was removed: read it with another tool.");
        }

        if (index == Unread)
        {
            return null;
        }

        if (_open.TryGetValue(path, out var open))
        {
            return (LeafReader<T>)open;
        }

        var column = group.Column(index);
        var different = column is ColumnReader<T> ? DifferenceOf(column.ColumnDescriptor) : null;
        if (column is ColumnReader<T> typed && different is null)
        {
            var leaf = new LeafReader<T>(typed, typed.ColumnDescriptor.MaxDefinitionLevel, path);
            _open.Add(path, leaf);
            return leaf;
        }

        using var other = column;
        throw new InvalidDataException(different is { } values
            ? $"{file} has {values.Found} in the column {path}, instead of {values.Written}. It was not written by ParquetDataBackplane, or was rewritten: read it with another tool."
            : $"{file} has values of the type {column.Type} in the column {path}, instead of {typeof(T).Name}. It was not written by ParquetDataBackplane: read it with another tool.");
    }

    /// <summary>Values of a fixed size must have that of an id, behind whose end nothing may be read, and times the unit that they are written in. Returns what they are instead; null if they are as written.</summary>
    private static (string Found, string Written)? DifferenceOf(ColumnDescriptor column)
    {
        if (column.PhysicalType == PhysicalType.FixedLenByteArray)
        {
            return column.TypeLength == IdBytes ? null : ($"values of {column.TypeLength} bytes", $"{IdBytes}");
        }

        using var logical = column.LogicalType;
        return logical is not TimestampLogicalType { TimeUnit: not TimeUnit.Micros and var unit } ? null
            : (unit switch { TimeUnit.Millis => "times in milliseconds", TimeUnit.Nanos => "times in nanoseconds", _ => "times in an unknown unit" }, "microseconds");
    }
}
