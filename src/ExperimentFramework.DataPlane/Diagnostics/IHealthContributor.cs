namespace ExperimentFramework.DataPlane;

/// <summary>A part of the data plane, other than a destination, that health tells of.</summary>
internal interface IHealthContributor
{
    /// <summary>The part's name.</summary>
    string Name { get; }

    /// <summary>What is wrong with it, for an operator; null for nothing.</summary>
    string? DegradedReason { get; }

    /// <summary>Its state in numbers, by name.</summary>
    IEnumerable<KeyValuePair<string, object>> Diagnostics { get; }
}
