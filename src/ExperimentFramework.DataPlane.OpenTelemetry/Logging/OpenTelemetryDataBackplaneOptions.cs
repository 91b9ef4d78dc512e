namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The options of <see cref="OpenTelemetryDataBackplane"/>. Validated at start-up.</summary>
public sealed class OpenTelemetryDataBackplaneOptions
{
    /// <summary>The attribute <c>feature_flag.set.id</c> of exposures: the set of flags to which the experiments belong; not empty. If null, there is none. Default: null.</summary>
    public string? FlagSetId { get; set; }
}
