namespace ExperimentFramework.DataPlane;

/// <summary>
/// The exposing calls of one experiment and assigned variant. <see cref="ExposingCalls"/> is the sum of the published exposures (those dropped included),
/// <see cref="RepeatsNotRecorded"/>, <see cref="SampledOut"/> and <see cref="NoSubject"/>.
/// </summary>
public sealed record AccountedCalls
{
    /// <summary>The experiment's name.</summary>
    /// <example>checkout-pricing</example>
    public required string ExperimentName { get; init; }

    /// <summary>The key of the assigned variant.</summary>
    /// <example>dynamic</example>
    public required string VariantKey { get; init; }

    /// <summary>The number of calls that served a variant while exposures were switched on. Under explicit semantics, and for exposures that the application publishes itself: the number of exposures it recorded.</summary>
    /// <example>1000</example>
    public required long ExposingCalls { get; init; }

    /// <summary>The number of calls whose exposure repeated the subject's last one and was not recorded, as <see cref="ExposureSemantics.OnFirstUse"/> demands.</summary>
    /// <example>700</example>
    public required long RepeatsNotRecorded { get; init; }

    /// <summary>The number of calls for subjects that are not in the sample.</summary>
    /// <example>200</example>
    public required long SampledOut { get; init; }

    /// <summary>The number of calls whose subject was unknown and was needed, for sampling or deduplication.</summary>
    /// <example>0</example>
    public required long NoSubject { get; init; }
}
