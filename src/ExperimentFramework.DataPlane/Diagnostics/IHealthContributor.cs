namespace ExperimentFramework.DataPlane;

/// <summary>A component of the data plane, other than a destination, whose state is part of the health report.</summary>
internal interface IHealthContributor
{
    /// <summary>The component's name.</summary>
    string Name { get; }

    /// <summary>A sentence for operators about a problem of the component; null if there is none.</summary>
    string? DegradedReason { get; }

    /// <summary>The component's state in numbers, by name.</summary>
    IEnumerable<KeyValuePair<string, object>> Diagnostics { get; }
}
