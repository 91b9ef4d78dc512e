namespace ExperimentFramework.DataPlane;

/// <summary>The registration of an experiment, for start-up messages.</summary>
/// <param name="Service">The tagged interface; null for an experiment without one.</param>
/// <param name="VariantKeys">The keys of the variants, control first; null if the selector may return any.</param>
/// <param name="Selector">How the experiment selects.</param>
/// <param name="LogsExposures">Whether the registration enables exposures.</param>
/// <param name="LeavesFallbackUnused">Whether the proxy can fall back to control but the trial does not enable it.</param>
/// <param name="RecordsOutcomes">Whether the proxy contains the code that records outcomes.</param>
internal sealed record ExperimentSetup(
    Type? Service,
    IReadOnlyList<string>? VariantKeys,
    SelectorDescriptor Selector,
    bool LogsExposures,
    bool LeavesFallbackUnused,
    bool RecordsOutcomes);
