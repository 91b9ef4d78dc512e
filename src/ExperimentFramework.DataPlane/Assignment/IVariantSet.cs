namespace ExperimentFramework.DataPlane;

/// <summary>The variants of an experiment.</summary>
internal interface IVariantSet
{
    /// <summary>The baseline, which stands in for an answer that cannot be used.</summary>
    Variant Control { get; }

    /// <summary>The keys, for messages.</summary>
    IEnumerable<string> Keys { get; }

    /// <summary>The variant of a number.</summary>
    Variant this[int id] { get; }

    /// <summary>The variant of a key, without regard to case; null where there is none.</summary>
    Variant? Find(string key);
}
