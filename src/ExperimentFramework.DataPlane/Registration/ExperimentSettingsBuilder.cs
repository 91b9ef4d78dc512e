using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The settings that every experiment has, with or without a tagged interface: how a variant is selected and kept, and which exposures are recorded.
/// </summary>
/// <typeparam name="TBuilder">The builder that the methods return.</typeparam>
public abstract class ExperimentSettingsBuilder<TBuilder>
    where TBuilder : ExperimentSettingsBuilder<TBuilder>
{
    private readonly Dictionary<string, string> _overrides = new(StringComparer.Ordinal);
    private SelectorDescriptor? _selector;

    private protected ExperimentSettingsBuilder()
    {
    }

    private protected ExperimentValidationErrors Errors { get; } = new();

    private protected SelectorDescriptor Selector => _selector ?? SelectorDescriptor.SubjectHash(null);

    private protected AssignmentPolicy Policy { get; private set; } = AssignmentPolicy.BestEffort;

    private protected IReadOnlyDictionary<string, string> Overrides => _overrides;

    private protected string? OverridesSection { get; private set; }

    private protected ExposureSemantics? Semantics { get; private set; }

    private protected double? SamplingRate { get; private set; }

    private TBuilder Self => (TBuilder)this;

    /// <summary>Selects the variant named by a configuration value, which is read at each decision; control while the value is absent.</summary>
    /// <param name="key">The configuration key, for example <c>PaymentProvider</c>.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is null or empty.</exception>
    public TBuilder UsingConfigurationKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return Using(SelectorDescriptor.ConfigurationKey(key));
    }

    /// <summary>
    /// Selects by the Boolean configuration value <c>FeatureManagement:{flag}</c>, read at each decision. If it is <c>true</c>, the variant other than
    /// control is served (if there are several, the one with the key <c>true</c>); if it is <c>false</c> or absent, control is served.
    /// </summary>
    /// <param name="flag">The flag's name.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="flag"/> is null or empty.</exception>
    public TBuilder UsingFeatureFlag(string flag)
    {
        ArgumentException.ThrowIfNullOrEmpty(flag);
        return Using(SelectorDescriptor.FeatureFlag(flag));
    }

    /// <summary>
    /// Selects by the weighted hash of the subject: the same subject gets the same variant on every host. This is the
    /// default of an experiment that sets no selector.
    /// </summary>
    /// <param name="salt">A salt for the hash; another salt splits the same subjects differently. Default: none.</param>
    /// <param name="weightsSection">
    /// A configuration section whose keys are variant keys and whose values are weights; a variant that it omits keeps the
    /// weight set in code. Reloads take effect. Default: none.
    /// </param>
    /// <returns>This builder.</returns>
    public TBuilder UsingSubjectHash(string? salt = null, string? weightsSection = null) =>
        Using(SelectorDescriptor.SubjectHash(salt, weightsSection));

    /// <summary>Selects with a custom selector.</summary>
    /// <param name="selector">The selector. Must be thread-safe.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public TBuilder Using(IVariantSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Using(SelectorDescriptor.Instance(selector));
    }

    /// <summary>Selects with a custom selector that a factory creates when the experiment starts.</summary>
    /// <param name="create">Creates the selector from the container's singletons. The selector must be thread-safe.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    public TBuilder Using(Func<IServiceProvider, IVariantSelector> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Using(SelectorDescriptor.Factory(create));
    }

    /// <summary>Selects with a custom selector registered as a singleton in the container.</summary>
    /// <typeparam name="TSelector">The selector's registered type.</typeparam>
    /// <returns>This builder.</returns>
    public TBuilder Using<TSelector>()
        where TSelector : class, IVariantSelector =>
        Using(SelectorDescriptor.Service<TSelector>());

    /// <summary>
    /// Overrides the variant of one subject, of any type and tenant, for example for a tester. Takes precedence over the selector and the policy,
    /// and is never written to an assignment store.
    /// </summary>
    /// <param name="subjectId">The subject's id.</param>
    /// <param name="variantKey">The variant's key.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="subjectId"/> or <paramref name="variantKey"/> is null or empty.</exception>
    public TBuilder WithOverride(string subjectId, string variantKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(subjectId);
        ArgumentException.ThrowIfNullOrEmpty(variantKey);
        if (!_overrides.TryAdd(subjectId, variantKey))
        {
            Errors.Add($"Subject '{subjectId}' has two overrides. Keep one WithOverride call.");
        }

        return Self;
    }

    /// <summary>
    /// Reads overrides from a configuration section whose keys are subject ids and whose values are variant keys. Reloads take effect. These
    /// overrides take precedence over those of <see cref="WithOverride"/>.
    /// </summary>
    /// <param name="section">The section's key, for example <c>Experiments:Pricing:Overrides</c>.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="section"/> is null or empty.</exception>
    public TBuilder WithOverridesFrom(string section)
    {
        ArgumentException.ThrowIfNullOrEmpty(section);
        OverridesSection = section;
        return Self;
    }

    /// <summary>Sets how long a subject keeps its variant. Default: <see cref="AssignmentPolicy.BestEffort"/>.</summary>
    /// <param name="policy">
    /// <see cref="AssignmentPolicy.SubjectSticky"/> requires an <see cref="IAssignmentStore"/>, <see cref="AssignmentPolicy.GloballySticky"/>
    /// one that all hosts share; without it the experiment cannot start.
    /// </param>
    /// <returns>This builder.</returns>
    public TBuilder WithPolicy(AssignmentPolicy policy)
    {
        Policy = policy;
        return Self;
    }

    /// <summary>Sets when exposures are recorded. Takes precedence over the tagged interface's attribute and the global option.</summary>
    /// <param name="semantics">The semantics.</param>
    /// <returns>This builder.</returns>
    public TBuilder WithSemantics(ExposureSemantics semantics)
    {
        Semantics = semantics;
        return Self;
    }

    /// <summary>Sets the share of subjects that are recorded. Takes precedence over the tagged interface's attribute and the global option.</summary>
    /// <param name="samplingRate">The sampling rate, from 0 to 1.</param>
    /// <returns>This builder.</returns>
    public TBuilder WithSamplingRate(double samplingRate)
    {
        SamplingRate = samplingRate;
        return Self;
    }

    internal TBuilder Using(Func<IServiceProvider, string, IVariantSelector> create) => Using(SelectorDescriptor.Factory(create));

    /// <summary>Adds the error of a key that is reserved for control.</summary>
    /// <param name="key">The key.</param>
    /// <param name="addControl">The call that adds control, for the message.</param>
    private protected void RequireNotControl(string key, string addControl)
    {
        if (string.Equals(key, VariantKeys.Control, StringComparison.OrdinalIgnoreCase))
        {
            Errors.Add($"The key '{key}' is reserved for control. Call {addControl}, or give the variant another key.");
        }
    }

    /// <summary>Checks the settings, and the variants as far as every experiment has them.</summary>
    /// <param name="variants">The variants.</param>
    /// <param name="controls">How many of them were added as control.</param>
    /// <param name="typeParameter">The type parameter of the calls that add variants, for messages; empty if they have none.</param>
    private protected void Check(IReadOnlyList<(string Key, double Weight)> variants, int controls, string typeParameter)
    {
        if (controls == 0)
        {
            Errors.Add($"Control is missing. Call AddControl{typeParameter}() once.");
        }
        else if (controls > 1)
        {
            Errors.Add($"There is more than one control. Keep one AddControl{typeParameter}() call and add the others with AddVariant{typeParameter}(key).");
        }

        CheckKeys(variants);
        CheckWeights(variants);
        foreach (var (subjectId, key) in _overrides)
        {
            if (!variants.Any(variant => string.Equals(variant.Key, key, StringComparison.OrdinalIgnoreCase)))
            {
                Errors.Add($"The override of subject '{subjectId}' names variant '{key}', which does not exist. Use the key of a variant of this experiment.");
            }
        }

        if (!Enum.IsDefined(Policy))
        {
            Errors.Add($"WithPolicy is {(int)Policy}; it must be one of {string.Join(", ", Enum.GetNames<AssignmentPolicy>())}.");
        }
    }

    private void CheckKeys(IReadOnlyList<(string Key, double Weight)> variants)
    {
        foreach (var keys in variants
            .Where(variant => !string.Equals(variant.Key, VariantKeys.Control, StringComparison.OrdinalIgnoreCase))
            .GroupBy(variant => variant.Key, StringComparer.OrdinalIgnoreCase)
            .Where(keys => keys.Count() > 1))
        {
            Errors.Add($"The variant key '{keys.Key}' is used {keys.Count()} times. Give each variant a unique key.");
        }

        foreach (var (key, _) in variants)
        {
            if (NameRules.Validate(key) is { } error)
            {
                Errors.Add($"The variant key '{key}' {error}. Use a short key that does not change, such as 'sale'.");
            }
        }
    }

    private void CheckWeights(IReadOnlyList<(string Key, double Weight)> variants)
    {
        foreach (var (key, weight) in variants.Where(variant => !double.IsFinite(variant.Weight) || variant.Weight < 0))
        {
            Errors.Add(string.Create(
                CultureInfo.InvariantCulture, $"The weight of variant '{key}' is {weight}; it must be a finite number of zero or more. Correct the weight in the call that adds the variant."));
        }

        if (variants.Count > 0 && variants.All(variant => variant.Weight == 0))
        {
            Errors.Add("All weights are 0. Give at least one variant a weight above 0.");
        }

        if (_selector is { ReadsWeights: false } && variants.Any(variant => variant.Weight != variants[0].Weight))
        {
            Errors.Add("The weights differ, but the selector does not use them. Call UsingSubjectHash(), or make the weights equal.");
        }
    }

    private TBuilder Using(SelectorDescriptor selector)
    {
        if (_selector is not null)
        {
            Errors.Add("Two selectors are set. Keep one Using... call.");
        }

        _selector = selector;
        return Self;
    }
}
