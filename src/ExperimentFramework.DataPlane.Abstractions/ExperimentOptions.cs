namespace ExperimentFramework.DataPlane;

/// <summary>
/// What is set for one experiment in <see cref="DataPlaneOptions.Experiments"/>. It goes before the trial's and the attribute's own setting; null
/// leaves it to them.
/// </summary>
public sealed class ExperimentOptions
{
    /// <summary>The share of subjects that are recorded, from 0 to 1. Taken up when the configuration is reloaded.</summary>
    public double? SamplingRate { get; set; }

    /// <summary>When an exposure is recorded.</summary>
    public ExposureSemantics? ExposureSemantics { get; set; }

    /// <summary>How long an exposure counts as told: more than zero and at most 365 days.</summary>
    public TimeSpan? RepeatWindow { get; set; }

    /// <summary>How many subjects the repeat memory knows at most, from 1 to 100,000,000.</summary>
    public int? RepeatCapacity { get; set; }
}
