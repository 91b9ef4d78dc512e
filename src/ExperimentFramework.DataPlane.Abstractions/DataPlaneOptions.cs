namespace ExperimentFramework.DataPlane;

/// <summary>
/// The options of the data plane. Checked at start-up. A trial's own setting goes before the attribute's, the attribute's
/// before the one here.
/// </summary>
public sealed class DataPlaneOptions
{
    /// <summary>Whether <see cref="ExposureEvent"/>s are published. Default: true.</summary>
    public bool EnableExposureEvents { get; set; } = true;

    /// <summary>Whether <see cref="AssignmentEvent"/>s are published. Default: true.</summary>
    public bool EnableAssignmentEvents { get; set; } = true;

    /// <summary>Whether <see cref="OutcomeEvent"/>s are published. Default: true.</summary>
    public bool EnableOutcomeEvents { get; set; } = true;

    /// <summary>Whether <see cref="AnalysisSignalEvent"/>s are published. Default: true.</summary>
    public bool EnableAnalysisSignals { get; set; } = true;

    /// <summary>Whether <see cref="ErrorEvent"/>s are published. Default: true.</summary>
    public bool EnableErrorEvents { get; set; } = true;

    /// <summary>
    /// When an exposure is recorded. Default: <see cref="ExposureSemantics.OnDecision"/>.
    /// </summary>
    public ExposureSemantics ExposureSemantics { get; set; } = ExposureSemantics.OnDecision;

    /// <summary>
    /// The share of subjects whose exposures are recorded, from 0 to 1. The same subject is always in or always out, on
    /// every host; raising the rate only adds subjects. Default: 1.
    /// </summary>
    public double SamplingRate { get; set; } = 1;

    /// <summary>
    /// How long an exposure counts as told, from the moment it was told: more than zero and at most 365 days.
    /// Default: 24 hours.
    /// </summary>
    public TimeSpan RepeatWindow { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How many subjects each experiment's repeat memory knows at most, from 1 to 100,000,000. When it is full, the subject
    /// told longest ago is forgotten, which costs one more exposure. Default: 100,000.
    /// </summary>
    public int RepeatCapacity { get; set; } = 100_000;
}
