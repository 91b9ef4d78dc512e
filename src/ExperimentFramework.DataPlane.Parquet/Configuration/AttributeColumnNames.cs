namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The names of the columns of single attributes, and of the one column of the tables that looks like one of them.</summary>
internal static class AttributeColumnNames
{
    /// <summary>How the columns begin.</summary>
    public const string Prefix = "attribute_";

    /// <summary>The column of the types of attributes.</summary>
    public const string Types = Prefix + "types";

    /// <summary>The name of an attribute's column.</summary>
    public static string Of(string attribute) => Prefix + attribute;
}
