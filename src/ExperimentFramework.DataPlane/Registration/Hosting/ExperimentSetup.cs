namespace ExperimentFramework.DataPlane;

/// <summary>What a registration says of an experiment, for the messages at its start.</summary>
/// <param name="Service">The tagged interface.</param>
/// <param name="VariantKeys">The keys of its variants, control first; null where the selector names any.</param>
/// <param name="Selector">How it selects.</param>
/// <param name="LogsExposures">Whether its registration asked for exposures.</param>
/// <param name="LeavesFallbackUnused">Whether its proxy could call control again, and nothing asks for it.</param>
/// <param name="RecordsOutcomes">Whether its proxy carries the code that records outcomes.</param>
internal sealed record ExperimentSetup(
    Type Service,
    IReadOnlyList<string>? VariantKeys,
    SelectorDescriptor Selector,
    bool LogsExposures,
    bool LeavesFallbackUnused,
    bool RecordsOutcomes);
