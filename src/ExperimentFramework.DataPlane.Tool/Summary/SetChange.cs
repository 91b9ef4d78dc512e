namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What became of an item that was added to a set.</summary>
internal enum SetChange
{
    /// <summary>It was not in the set.</summary>
    Added,

    /// <summary>It was in the set.</summary>
    Present,

    /// <summary>It is none of those that the set keeps.</summary>
    NotInSample,
}
