namespace ExperimentFramework.DataPlane;

/// <summary>
/// The settings of one experiment in <see cref="DataPlaneOptions.Experiments"/>. They take precedence over the trial's and the attribute's settings; a
/// null value leaves those in effect.
/// </summary>
public sealed class ExperimentOptions
{
    /// <summary>The share of subjects whose exposures are recorded, from 0 to 1. Follows configuration reloads.</summary>
    public double? SamplingRate { get; set; }

    /// <summary>When an exposure is recorded.</summary>
    public ExposureSemantics? ExposureSemantics { get; set; }

    /// <summary>How long after an exposure was recorded the same exposure is recognized as a repeat: more than zero and at most 365 days.</summary>
    public TimeSpan? RepeatWindow { get; set; }

    /// <summary>The maximum number of subjects for which the last exposure is remembered, from 1 to 100,000,000.</summary>
    public int? RepeatCapacity { get; set; }

    /// <summary>
    /// The values of the experiment's variants, by variant key and value name, as text in the invariant culture: <c>Variants:big:discount</c>. They take
    /// precedence over those set in code. A variant or value that the experiment does not declare, or text that the value's type cannot parse, prevents
    /// the host from starting. Follows configuration reloads.
    /// </summary>
    public IDictionary<string, IDictionary<string, string>> Variants { get; } =
        new Dictionary<string, IDictionary<string, string>>(StringComparer.OrdinalIgnoreCase);
}
