using ParquetSharp;
using ParquetSharp.Schema;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The values of one column, for a number of rows.</summary>
/// <param name="name">The column's name.</param>
/// <param name="meaning">What the column says, for the metadata of the file.</param>
internal abstract class Column(string name, string meaning)
{
    public string Name => name;

    public string Meaning => meaning;

    /// <summary>The path of the leaf whose values have no dictionary because they rarely repeat; null if there is none.</summary>
    public virtual string? UniquePath => null;

    /// <summary>Whether the values increase only slightly from row to row.</summary>
    public virtual bool IsAscending => false;

    /// <summary>The memory of the values. Set before the first one is added.</summary>
    public virtual BlockPool Pool { get; set; } = new();

    public abstract Node CreateNode();

    /// <summary>Writes the values of the rows, in that order, as the next columns of the row group.</summary>
    public abstract void Write(RowGroupWriter group, ReadOnlySpan<int> rows);

    /// <summary>Adds the values of the rows to read. A column that the file does not have gives nulls.</summary>
    public abstract void Read(RowGroupSource source);

    /// <summary>Removes all values, and gives their memory back to the pool.</summary>
    public abstract void Clear();
}
