using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>Describes one experiment: its variants, how one of them is selected, and what is recorded.</summary>
/// <typeparam name="TService">The interface tagged with <see cref="ExposureLoggedAttribute"/>.</typeparam>
public sealed class TrialBuilder<TService>
    where TService : class
{
    private readonly List<VariantRegistration<TService>> _variants = [];
    private readonly ExperimentValidationErrors _faults = new();
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
    /// The implementation. Resolved from the container; where it is not registered it is added with the lifetime of
    /// <typeparamref name="TService"/>'s own registration of it, else as scoped.
    /// </typeparam>
    /// <param name="weight">The variant's share relative to the other weights, zero or more. Default: 1.</param>
    /// <param name="serviceKey">The key under which the implementation is registered, which it has to be then. Default: none.</param>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> AddControl<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(double weight = 1, object? serviceKey = null)
        where TImplementation : class, TService
    {
        // Control stands first, wherever it is added.
        _variants.Insert(0, VariantRegistration<TService>.Of<TImplementation>(VariantKeys.Control, weight, serviceKey));
        _controls++;
        return this;
    }

    /// <summary>Adds a variant.</summary>
    /// <typeparam name="TImplementation">
    /// The implementation. Resolved from the container; where it is not registered it is added with the lifetime of
    /// <typeparamref name="TService"/>'s own registration of it, else as scoped.
    /// </typeparam>
    /// <param name="key">The variant's key in every event; unique in the trial without regard to case.</param>
    /// <param name="weight">The variant's share relative to the other weights, zero or more. Default: 1.</param>
    /// <param name="serviceKey">The key under which the implementation is registered, which it has to be then. Default: none.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is null or empty.</exception>
    public TrialBuilder<TService> AddVariant<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(string key, double weight = 1, object? serviceKey = null)
        where TImplementation : class, TService
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (string.Equals(key, VariantKeys.Control, StringComparison.OrdinalIgnoreCase))
        {
            _faults.Add($"The key '{key}' is control's: call AddControl<{typeof(TImplementation).Name}>(), or give the variant another key.");
        }

        _variants.Add(VariantRegistration<TService>.Of<TImplementation>(key, weight, serviceKey));
        return this;
    }

    /// <summary>Selects the variant that a configuration value names, read at each decision; control while it is absent.</summary>
    /// <param name="key">The configuration key, for example <c>PaymentProvider</c>.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is null or empty.</exception>
    public TrialBuilder<TService> UsingConfigurationKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return Using(SelectorDescriptor.ConfigurationKey(key));
    }

    /// <summary>
    /// Selects by the Boolean configuration value <c>FeatureManagement:{flag}</c>, read at each decision: on is the variant
    /// beside control (with several, the one named <c>true</c>), off or absent is control.
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
    /// default of a trial that names no selector.
    /// </summary>
    /// <param name="salt">Another salt gives another split of the same subjects. Default: none.</param>
    /// <param name="weightsSection">
    /// A configuration section whose keys are variant keys and whose values are weights; a variant that it leaves out keeps the
    /// weight given here. A reload is picked up. Default: none.
    /// </param>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> UsingSubjectHash(string? salt = null, string? weightsSection = null) =>
        Using(SelectorDescriptor.SubjectHash(salt, weightsSection));

    /// <summary>Selects by a selector of the application's own.</summary>
    /// <param name="selector">The selector, called from many threads at once.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public TrialBuilder<TService> Using(IVariantSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Using(SelectorDescriptor.Instance(selector));
    }

    /// <summary>Selects by a selector that a factory makes when the experiment starts.</summary>
    /// <param name="create">Makes the selector, called from many threads at once, from the container's singletons.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    public TrialBuilder<TService> Using(Func<IServiceProvider, IVariantSelector> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Using(SelectorDescriptor.Factory(create));
    }

    /// <summary>Selects by a selector that is registered as a singleton in the container.</summary>
    /// <typeparam name="TSelector">The selector's registered type.</typeparam>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> Using<TSelector>()
        where TSelector : class, IVariantSelector =>
        Using(SelectorDescriptor.Service<TSelector>());

    /// <summary>
    /// Lets control answer where the assigned variant throws. The attribute of the interface has to say
    /// <c>FallbackToControl = true</c>, so that the proxy carries the code.
    /// </summary>
    /// <remarks>
    /// After an asynchronous failure control is called in the synchronization context of the caller. If that has one thread, do not block it with
    /// <c>Result</c> or <c>Wait()</c>: the call could never go on (DP4015).
    /// </remarks>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> OnErrorFallbackToControl()
    {
        _fallsBackToControl = true;
        return this;
    }

    /// <summary>
    /// Gives one subject, of whatever type and tenant, a variant by name, before selector and policy: for testers. Such an
    /// answer is never written to a store.
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
            _faults.Add($"Subject '{subjectId}' has two overrides; keep one WithOverride call.");
        }

        return this;
    }

    /// <summary>
    /// Reads more overrides from a configuration section whose keys are subject ids and whose values are variant keys. A reload
    /// is picked up; they go before those of <see cref="WithOverride"/>.
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

    /// <summary>Sets how long a subject is kept on its variant. Default: <see cref="AssignmentPolicy.BestEffort"/>.</summary>
    /// <param name="policy">
    /// <see cref="AssignmentPolicy.SubjectSticky"/> needs an <see cref="IAssignmentStore"/>, <see cref="AssignmentPolicy.GloballySticky"/>
    /// one that all hosts share; without it the experiment does not start.
    /// </param>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> WithPolicy(AssignmentPolicy policy)
    {
        _policy = policy;
        return this;
    }

    /// <summary>Sets when exposures are recorded, before the attribute and the options.</summary>
    /// <param name="semantics">The semantics.</param>
    /// <returns>This builder.</returns>
    public TrialBuilder<TService> WithSemantics(ExposureSemantics semantics)
    {
        _semantics = semantics;
        return this;
    }

    /// <summary>Sets the share of subjects that are recorded, before the attribute and the options.</summary>
    /// <param name="samplingRate">From 0 to 1.</param>
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
            _faults.Add($"OnErrorFallbackToControl() needs [ExposureLogged(FallbackToControl = true)] on {typeof(TService).Name}.");
        }

        if (!Enum.IsDefined(_policy))
        {
            _faults.Add($"WithPolicy is {(int)_policy}; it has to be one of {string.Join(", ", Enum.GetNames<AssignmentPolicy>())}.");
        }

        var experimentName = name ?? proxy.Contract.ExperimentName;
        _faults.CheckRecording(_semantics, _samplingRate, proxy.Contract);
        _faults.CheckName(experimentName);
        _faults.ThrowIfAny(experimentName, typeof(TService));

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
            _faults.Add("Two selectors are named; keep one Using... call.");
        }

        _selector = selector;
        return this;
    }

    private void CheckVariants()
    {
        if (_controls == 0)
        {
            _faults.Add("Control is missing: call AddControl<T>() once.");
        }
        else if (_controls > 1)
        {
            _faults.Add("There is more than one control: keep one AddControl<T>() and give the others keys of their own.");
        }

        foreach (var keys in _variants
            .Where(variant => !string.Equals(variant.Key, VariantKeys.Control, StringComparison.OrdinalIgnoreCase))
            .GroupBy(variant => variant.Key, StringComparer.OrdinalIgnoreCase)
            .Where(keys => keys.Count() > 1))
        {
            _faults.Add($"The variant key '{keys.Key}' is used {keys.Count()} times: give each variant a key of its own.");
        }

        foreach (var variant in _variants.Where(variant => variant.ImplementationType == typeof(TService)))
        {
            _faults.Add($"Variant '{variant.Key}' is {typeof(TService).Name} itself, which is the proxy: name the implementation.");
        }

        foreach (var variant in _variants)
        {
            if (NameRules.Validate(variant.Key) is { } fault)
            {
                _faults.Add($"The variant key '{variant.Key}' {fault}.");
            }
        }

        foreach (var variant in _variants.Where(variant => !double.IsFinite(variant.Weight) || variant.Weight < 0))
        {
            _faults.Add(string.Create(
                CultureInfo.InvariantCulture, $"The weight of variant '{variant.Key}' is {variant.Weight}; it has to be a finite number of zero or more."));
        }

        if (_variants.Count > 0 && _variants.All(variant => variant.Weight == 0))
        {
            _faults.Add("All weights are 0: give at least one variant a weight above 0.");
        }

        foreach (var (subjectId, key) in _overrides)
        {
            if (!_variants.Any(variant => string.Equals(variant.Key, key, StringComparison.OrdinalIgnoreCase)))
            {
                _faults.Add($"The override of subject '{subjectId}' names variant '{key}', which does not exist.");
            }
        }

        if (_selector is { ReadsWeights: false } && _variants.Any(variant => variant.Weight != _variants[0].Weight))
        {
            _faults.Add("The weights differ, but the selector does not read them: only UsingSubjectHash() does.");
        }
    }
}
