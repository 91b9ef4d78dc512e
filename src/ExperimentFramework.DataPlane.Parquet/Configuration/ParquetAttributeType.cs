namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The type of a column for one attribute: see <see cref="ParquetDataBackplaneOptions.AttributeColumns"/>.</summary>
public enum ParquetAttributeType
{
    /// <summary>Text. Numbers, truth values, ids and times are their invariant text.</summary>
    Text = 0,

    /// <summary>A double. Takes all numbers.</summary>
    Number = 1,

    /// <summary>A whole number of 64 bits. Takes whole numbers.</summary>
    WholeNumber = 2,

    /// <summary>True or false.</summary>
    Boolean = 3,

    /// <summary>A time in microseconds, in UTC.</summary>
    Time = 4,
}
