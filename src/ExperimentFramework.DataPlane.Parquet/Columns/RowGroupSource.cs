using ParquetSharp;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>One row group of a file, whose leaves are found by their paths.</summary>
/// <param name="group">The row group.</param>
/// <param name="leaves">The positions of the file's leaves by path.</param>
/// <param name="file">The path of the file, for messages.</param>
internal sealed class RowGroupSource(RowGroupReader group, IReadOnlyDictionary<string, int> leaves, string file)
{
    /// <summary>The position of a leaf that is not to be read.</summary>
    public const int Unread = -1;

    /// <summary>The number of rows.</summary>
    public int Rows { get; } = checked((int)group.MetaData.NumRows);

    /// <summary>Opens a leaf.</summary>
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

        var column = group.Column(index);
        if (column is ColumnReader<T> typed)
        {
            return new LeafReader<T>(typed, typed.ColumnDescriptor.MaxDefinitionLevel);
        }

        using var other = column;
        throw new InvalidDataException(
            $"{file} has values of the type {column.Type} in the column {path}, instead of {typeof(T).Name}. It was not written by ParquetDataBackplane: read it with another tool.");
    }
}
