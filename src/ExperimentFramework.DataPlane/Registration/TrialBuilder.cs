using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>Configures one experiment: its variants, how a variant is selected, and which events are recorded.</summary>
/// <typeparam name="TService">The interface tagged with <see cref="ExposureLoggedAttribute"/>.</typeparam>
public sealed class TrialBuilder<TService> : ExperimentSettingsBuilder<TrialBuilder<TService>>
    where TService : class
{
    private readonly List<VariantRegistration<TService>> _variants = [];
    private int _controls;
    private bool _fallsBackToControl;

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
        RequireNotControl(key, $"AddControl<{typeof(TImplementation).Name}>()");
        _variants.Add(VariantRegistration<TService>.Of<TImplementation>(key, weight, serviceKey));
        return this;
    }

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

    internal Trial<TService> Build(string? name, ExposureProxy<TService> proxy)
    {
        Check([.. _variants.Select(variant => (variant.Key, variant.Weight))], _controls, "<T>");
        foreach (var variant in _variants.Where(variant => variant.ImplementationType == typeof(TService)))
        {
            Errors.Add($"Variant '{variant.Key}' is {CSharpTypeName.Of(typeof(TService))} itself, which resolves to the proxy. Use the implementation type.");
        }

        if (_fallsBackToControl && !proxy.Contract.FallbackToControl)
        {
            Errors.Add($"OnErrorFallbackToControl() requires [ExposureLogged(FallbackToControl = true)] on {CSharpTypeName.Of(typeof(TService))}.");
        }

        var experimentName = name ?? proxy.Contract.ExperimentName;
        Errors.CheckRecording(Semantics, SamplingRate, proxy.Contract);
        Errors.CheckName(experimentName);
        Errors.ThrowIfAny(experimentName, typeof(TService));

        return new Trial<TService>(
            experimentName,
            isNamed: name is not null,
            proxy,
            [.. _variants],
            Selector,
            new TrialSettings(
                Policy,
                Overrides,
                OverridesSection,
                _fallsBackToControl,
                Semantics ?? proxy.Contract.Semantics,
                SamplingRate ?? proxy.Contract.SamplingRate));
    }
}
