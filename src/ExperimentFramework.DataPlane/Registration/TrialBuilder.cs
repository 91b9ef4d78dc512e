using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>Configures one experiment: its variants, how a variant is selected, and which events are recorded.</summary>
/// <typeparam name="TService">The interface tagged with <see cref="ExposureLoggedAttribute"/>.</typeparam>
public sealed class TrialBuilder<TService>
    where TService : class
{
    private readonly List<VariantRegistration<TService>> _variants = [];
    private readonly ExperimentValidationErrors _errors = new();
    private int _controls;
    private SelectorDescriptor? _selector;
    private bool _fallsBackToControl;
    private ExposureSemantics? _semantics;
    private double? _samplingRate;
    private AssignmentPolicy _policy = AssignmentPolicy.BestEffort;
    private readonly Dictionary<string, string> _overrides = new(StringComparer.Ordinal);
    private string? _overridesSection;

    internal TrialBuilder()
    {
    }

    /// <summary>Adds the baseline, with the key <c>control</c>. Every trial has exactly one.</summary>
    /// <typeparam name="TImplementation">
    /// The implementation, resolved from the container. If it is not registered, it is added with the lifetime of its registration as
    /// <typeparamref name="TService"/>, or as scoped if there is none.
    /// </typeparam>
    /// <param name="weight">The variant's weight relative to the others: zero or more. Default: 1.</param>
    /// <param name="serviceKey">The key of the implementation's registration, which must exist if a key is given. Default: none.</param>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> AddControl<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(double weight = 1, object? serviceKey = null)
        where TImplementation : class, TService
    {
        // Control is always first, whenever it is added.
        _variants.Insert(0, VariantRegistration<TService>.Of<TImplementation>(VariantKeys.Control, weight, serviceKey));
        _controls++;
        return this;
    }

    /// <summary>Adds a variant.</summary>
    /// <typeparam name="TImplementation">
    /// The implementation, resolved from the container. If it is not registered, it is added with the lifetime of its registration as
    /// <typeparamref name="TService"/>, or as scoped if there is none.
    /// </typeparam>
    /// <param name="key">The variant's key in every event; unique in the trial, compared case-insensitively.</param>
    /// <param name="weight">The variant's weight relative to the others: zero or more. Default: 1.</param>
    /// <param name="serviceKey">The key of the implementation's registration, which must exist if a key is given. Default: none.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is null or empty.</exception>
    public TrialBuilder<TService> AddVariant<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(string key, double weight = 1, object? serviceKey = null)
        where TImplementation : class, TService
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (string.Equals(key, VariantKeys.Control, StringComparison.OrdinalIgnoreCase))
        {
            _errors.Add($"The key '{key}' is reserved for control. Call AddControl<{typeof(TImplementation).Name}>(), or give the variant another key.");
        }

        _variants.Add(VariantRegistration<TService>.Of<TImplementation>(key, weight, serviceKey));
        return this;
    }

    /// <summary>Selects the variant named by a configuration value, which is read at each decision; control while the value is absent.</summary>
    /// <param name="key">The configuration key, for example <c>PaymentProvider</c>.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is null or empty.</exception>
    public TrialBuilder<TService> UsingConfigurationKey(string key)
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
    public TrialBuilder<TService> UsingFeatureFlag(string flag)
    {
        ArgumentException.ThrowIfNullOrEmpty(flag);
        return Using(SelectorDescriptor.FeatureFlag(flag));
    }

    /// <summary>
    /// Selects by the weighted hash of the subject: the same subject gets the same variant on every host. This is the
    /// default of a trial that sets no selector.
    /// </summary>
    /// <param name="salt">A salt for the hash; another salt splits the same subjects differently. Default: none.</param>
    /// <param name="weightsSection">
    /// A configuration section whose keys are variant keys and whose values are weights; a variant that it omits keeps the
    /// weight set on the trial. Reloads take effect. Default: none.
    /// </param>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> UsingSubjectHash(string? salt = null, string? weightsSection = null) =>
        Using(SelectorDescriptor.SubjectHash(salt, weightsSection));

    /// <summary>Selects with a custom selector.</summary>
    /// <param name="selector">The selector. Must be thread-safe.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public TrialBuilder<TService> Using(IVariantSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Using(SelectorDescriptor.Instance(selector));
    }

    /// <summary>Selects with a custom selector that a factory creates when the experiment starts.</summary>
    /// <param name="create">Creates the selector from the container's singletons. The selector must be thread-safe.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    public TrialBuilder<TService> Using(Func<IServiceProvider, IVariantSelector> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Using(SelectorDescriptor.Factory(create));
    }

    /// <summary>Selects with a custom selector registered as a singleton in the container.</summary>
    /// <typeparam name="TSelector">The selector's registered type.</typeparam>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> Using<TSelector>()
        where TSelector : class, IVariantSelector =>
        Using(SelectorDescriptor.Service<TSelector>());

    /// <summary>
    /// Falls back to control if the assigned variant throws. The interface's attribute must set
    /// <c>FallbackToControl = true</c>, so that the proxy contains the code.
    /// </summary>
    /// <remarks>
    /// After an asynchronous failure, control is called in the caller's synchronization context. If that context has a single thread, do not block it
    /// with <c>Result</c> or <c>Wait()</c>: the call would deadlock (DP4015).
    /// </remarks>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> OnErrorFallbackToControl()
    {
        _fallsBackToControl = true;
        return this;
    }

    /// <summary>
    /// Overrides the variant of one subject, of any type and tenant, for example for a tester. Takes precedence over the selector and the policy,
    /// and is never written to an assignment store.
    /// </summary>
    /// <param name="subjectId">The subject's id.</param>
    /// <param name="variantKey">The variant's key.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="subjectId"/> or <paramref name="variantKey"/> is null or empty.</exception>
    public TrialBuilder<TService> WithOverride(string subjectId, string variantKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(subjectId);
        ArgumentException.ThrowIfNullOrEmpty(variantKey);
        if (!_overrides.TryAdd(subjectId, variantKey))
        {
            _errors.Add($"Subject '{subjectId}' has two overrides. Keep one WithOverride call.");
        }

        return this;
    }

    /// <summary>
    /// Reads overrides from a configuration section whose keys are subject ids and whose values are variant keys. Reloads take effect. These
    /// overrides take precedence over those of <see cref="WithOverride"/>.
    /// </summary>
    /// <param name="section">The section's key, for example <c>Experiments:Pricing:Overrides</c>.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="section"/> is null or empty.</exception>
    public TrialBuilder<TService> WithOverridesFrom(string section)
    {
        ArgumentException.ThrowIfNullOrEmpty(section);
        _overridesSection = section;
        return this;
    }

    /// <summary>Sets how long a subject keeps its variant. Default: <see cref="AssignmentPolicy.BestEffort"/>.</summary>
    /// <param name="policy">
    /// <see cref="AssignmentPolicy.SubjectSticky"/> requires an <see cref="IAssignmentStore"/>, <see cref="AssignmentPolicy.GloballySticky"/>
    /// one that all hosts share; without it the experiment cannot start.
    /// </param>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> WithPolicy(AssignmentPolicy policy)
    {
        _policy = policy;
        return this;
    }

    /// <summary>Sets when exposures are recorded. Takes precedence over the attribute and the global option.</summary>
    /// <param name="semantics">The semantics.</param>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> WithSemantics(ExposureSemantics semantics)
    {
        _semantics = semantics;
        return this;
    }

    /// <summary>Sets the share of subjects that are recorded. Takes precedence over the attribute and the global option.</summary>
    /// <param name="samplingRate">The sampling rate, from 0 to 1.</param>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> WithSamplingRate(double samplingRate)
    {
        _samplingRate = samplingRate;
        return this;
    }

    internal Trial<TService> Build(string? name, ExposureProxy<TService> proxy)
    {
        CheckVariants();
        if (_fallsBackToControl && !proxy.Contract.FallbackToControl)
        {
            _errors.Add($"OnErrorFallbackToControl() requires [ExposureLogged(FallbackToControl = true)] on {typeof(TService).Name}.");
        }

        if (!Enum.IsDefined(_policy))
        {
            _errors.Add($"WithPolicy is {(int)_policy}; it must be one of {string.Join(", ", Enum.GetNames<AssignmentPolicy>())}.");
        }

        var experimentName = name ?? proxy.Contract.ExperimentName;
        _errors.CheckRecording(_semantics, _samplingRate, proxy.Contract);
        _errors.CheckName(experimentName);
        _errors.ThrowIfAny(experimentName, typeof(TService));

        return new Trial<TService>(
            experimentName,
            isNamed: name is not null,
            proxy,
            [.. _variants],
            _selector ?? SelectorDescriptor.SubjectHash(null),
            _policy,
            _overrides,
            _overridesSection,
            _fallsBackToControl,
            _semantics ?? proxy.Contract.Semantics,
            _samplingRate ?? proxy.Contract.SamplingRate);
    }

    internal TrialBuilder<TService> Using(Func<IServiceProvider, string, IVariantSelector> create) => Using(SelectorDescriptor.Factory(create));

    private TrialBuilder<TService> Using(SelectorDescriptor selector)
    {
        if (_selector is not null)
        {
            _errors.Add("Two selectors are set. Keep one Using... call.");
        }

        _selector = selector;
        return this;
    }

    private void CheckVariants()
    {
        if (_controls == 0)
        {
            _errors.Add("Control is missing. Call AddControl<T>() once.");
        }
        else if (_controls > 1)
        {
            _errors.Add("There is more than one control. Keep one AddControl<T>() call and add the others with AddVariant<T>(key).");
        }

        foreach (var keys in _variants
            .Where(variant => !string.Equals(variant.Key, VariantKeys.Control, StringComparison.OrdinalIgnoreCase))
            .GroupBy(variant => variant.Key, StringComparer.OrdinalIgnoreCase)
            .Where(keys => keys.Count() > 1))
        {
            _errors.Add($"The variant key '{keys.Key}' is used {keys.Count()} times. Give each variant a unique key.");
        }

        foreach (var variant in _variants.Where(variant => variant.ImplementationType == typeof(TService)))
        {
            _errors.Add($"Variant '{variant.Key}' is {typeof(TService).Name} itself, which resolves to the proxy. Use the implementation type.");
        }

        foreach (var variant in _variants)
        {
            if (NameRules.Validate(variant.Key) is { } error)
            {
                _errors.Add($"The variant key '{variant.Key}' {error}.");
            }
        }

        foreach (var variant in _variants.Where(variant => !double.IsFinite(variant.Weight) || variant.Weight < 0))
        {
            _errors.Add(string.Create(
                CultureInfo.InvariantCulture, $"The weight of variant '{variant.Key}' is {variant.Weight}; it must be a finite number of zero or more."));
        }

        if (_variants.Count > 0 && _variants.All(variant => variant.Weight == 0))
        {
            _errors.Add("All weights are 0. Give at least one variant a weight above 0.");
        }

        foreach (var (subjectId, key) in _overrides)
        {
            if (!_variants.Any(variant => string.Equals(variant.Key, key, StringComparison.OrdinalIgnoreCase)))
            {
                _errors.Add($"The override of subject '{subjectId}' names variant '{key}', which does not exist. Use the key of a variant of this trial.");
            }
        }

        if (_selector is { ReadsWeights: false } && _variants.Any(variant => variant.Weight != _variants[0].Weight))
        {
            _errors.Add("The weights differ, but the selector does not use them. Call UsingSubjectHash(), or make the weights equal.");
        }
    }
}
