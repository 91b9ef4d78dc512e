namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Options of the Parquet destination.</summary>
public sealed class ParquetDataBackplaneOptions
{
    /// <summary>
    /// Attributes of exposures and metrics that get a column of their own, <c>attribute_</c> and the name, besides their entry in the map <c>attributes</c>:
    /// queries read it faster. By attribute name. Default: none.
    /// </summary>
    public IDictionary<string, ParquetAttributeType> AttributeColumns { get; } = new Dictionary<string, ParquetAttributeType>(StringComparer.Ordinal);
}
