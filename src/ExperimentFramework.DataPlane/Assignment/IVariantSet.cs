namespace ExperimentFramework.DataPlane;

/// <summary>The variants of an experiment.</summary>
internal interface IVariantSet
{
    /// <summary>The baseline, which is served if a selection cannot be used.</summary>
    Variant Control { get; }

    /// <summary>The keys, for messages.</summary>
    IEnumerable<string> Keys { get; }

    /// <summary>Gets the variant with an id.</summary>
    Variant this[int id] { get; }

    /// <summary>Finds a variant by its key: case-insensitively for registered variants and control, case-sensitively for others. Null if there is none.</summary>
    Variant? Find(string key);
}
