namespace ExperimentFramework.DataPlane;

/// <summary>The exposure of a variant that other code decided on, for <see cref="IExposureRecorder"/>.</summary>
public readonly record struct DecidedExposure
{
    /// <summary>Initializes an exposure without values.</summary>
    public DecidedExposure()
    {
    }

    /// <summary>Gets the experiment's name: 1 to 256 characters, without control characters. Not <c>*</c>, which belongs to no single experiment.</summary>
    public required string ExperimentName { get; init; }

    /// <summary>
    /// Gets the key of the variant that was served: 1 to 256 characters, without control characters. Compared with the keys of a registered experiment
    /// case-insensitively. For an experiment that is not registered, the event contains the key unchanged, so that <c>on</c> and <c>On</c> are two variants: only
    /// <see cref="VariantKeys.Control"/> is matched in any case.
    /// </summary>
    public required string VariantKey { get; init; }

    /// <summary>Gets why the variant was selected. Default: <see cref="SelectionReasons.DecidedElsewhere"/>.</summary>
    public string Reason { get; init; } = SelectionReasons.DecidedElsewhere;

    /// <summary>Gets the subject's id; null or empty for the subject that <see cref="ISubjectIdentityProvider"/> identifies.</summary>
    public string? SubjectId { get; init; }

    /// <summary>Gets the subject's type, for example <c>user</c>; null or empty if it has none. Not used without <see cref="SubjectId"/>.</summary>
    public string? SubjectType { get; init; }

    /// <summary>Gets the subject's tenant; null or empty for the provider's.</summary>
    public string? TenantId { get; init; }

    /// <summary>Gets the location of the rule that matched, in the notation of the code that decided; null if no rule did.</summary>
    public string? RulePath { get; init; }

    /// <summary>
    /// Gets the version of the weights that were used; null for that of <see cref="Weights"/>. Null without weights means that the subject was not assigned at
    /// random, as a tester is.
    /// </summary>
    public string? AllocationVersion { get; init; }

    /// <summary>
    /// Gets the weights that subjects are split by, by variant key: finite numbers of zero or more, above zero for <see cref="VariantKey"/>, at most 1,000; null if they are
    /// unknown or the subject was not assigned at random. A key that is not a variant of a registered experiment is an <see cref="ArgumentException"/>. They are published once for each version as <see cref="AnalysisSignalType.AllocationDeclared"/>, so that the sample ratio can be
    /// tested. Without <see cref="AllocationVersion"/>, the version is a hash of them. Pass the same instance while they are the same, and do not change it.
    /// </summary>
    public IReadOnlyDictionary<string, double>? Weights { get; init; }

    /// <summary>Gets the exposure's attributes; null for none. They are read only if the exposure is recorded, before the call returns.</summary>
    public IReadOnlyDictionary<string, object?>? Attributes { get; init; }
}
