using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A configured experiment, ready to be registered.</summary>
internal sealed class Trial<TService>(
    string experimentName,
    bool isNamed,
    ExposureProxy<TService> proxy,
    VariantRegistration<TService>[] variants,
    SelectorDescriptor selector,
    TrialSettings settings) : ITrial
    where TService : class
{
    public string ExperimentName => experimentName;

    public void AddMissingVariants(IServiceCollection services)
    {
        foreach (var variant in variants)
        {
            variant.AddIfMissing(services);
        }
    }

    public void Register(IServiceCollection services, bool logsExposures)
    {
        var weighted = variants.Select(variant => (variant.Key, variant.Weight)).ToArray();
        var recording = new RecordingDescriptor(experimentName, logsExposures, settings.Semantics, settings.SamplingRate);
        var descriptor = new ExperimentDescriptor(
            recording,
            new AssignmentDescriptor(
                new TrialVariantSet([.. variants.Select((variant, index) =>
                    new Variant(index, variant.Key, variant.ImplementationType.Module.ModuleVersionId, index))]),
                provider => selector.Create(provider, experimentName, weighted),
                settings.Policy,
                settings.Overrides,
                settings.OverridesSection),
            settings.FallsBackToControl,
            proxy.Contract.RecordOutcomes);
        var dependencies = new ProxyLifetime(
            services,
            experimentName,
            $"the proxy of {CSharpTypeName.Of(typeof(TService))}",
            [.. variants.Select(variant => (variant.ImplementationType, variant.ServiceKey)), (typeof(ISubjectIdentityProvider), null)],
            selector.ServiceType);
        var needsScope = recording.NeedsScope(settings.Policy, services);
        var lifetime = dependencies.Resolve(needsScope);
        var slot = new ProxySlot(typeof(TService), isNamed: isNamed);
        AddDroppedRegistrations(services, slot);
        var setup = new ExperimentSetup(
            typeof(TService),
            [.. variants.Select(variant => variant.Key)],
            selector,
            logsExposures,
            LeavesFallbackUnused: proxy.Contract.FallbackToControl && !settings.FallsBackToControl,
            proxy.Contract.RecordOutcomes);
        new ProxyRegistration<TService>(
            proxy,
            new KnownExperiment(experimentName, setup.VariantKeys, typeof(TService), lifetime, needsScope),
            [.. variants.Select(variant => new VariantSource<TService>($"variant '{variant.Key}' ({variant.ImplementationType})", variant.Create))])
            .AddTo(services, descriptor, setup, provider => dependencies.Validate(provider, lifetime), slot);
    }

    /// <summary>Records the registrations that the proxy replaces and that are not variants: they are no longer served.</summary>
    private void AddDroppedRegistrations(IServiceCollection services, ProxySlot slot)
    {
        if (slot.IsTaken(services))
        {
            return;
        }

        foreach (var registered in slot.Registrations(services).ToArray())
        {
            if (!ProxySlot.IsProxy(services, registered) && !variants.Any(variant => IsVariant(services, registered, variant.ImplementationType)))
            {
                services.AddSingleton(new DroppedRegistration(experimentName, typeof(TService), registered));
            }
        }
    }

    private static bool IsVariant(IServiceCollection services, ServiceDescriptor registered, Type variant) =>
        registered.ImplementationType == variant
        || registered.ImplementationInstance?.GetType() == variant
        || (registered.ImplementationInstance is { } instance
            && services.Any(other => !other.IsKeyedService && other.ServiceType == variant && ReferenceEquals(other.ImplementationInstance, instance)));
}

/// <summary>The settings of a trial other than its variants and its selector.</summary>
/// <param name="Policy">The assignment policy.</param>
/// <param name="Overrides">The overrides: variant keys by subject id.</param>
/// <param name="OverridesSection">The configuration section with more overrides; null for none.</param>
/// <param name="FallsBackToControl">Whether calls fall back to control if the assigned variant throws.</param>
/// <param name="Semantics">When exposures are recorded; null to use the options.</param>
/// <param name="SamplingRate">The sampling rate; null to use the options.</param>
internal sealed record TrialSettings(
    AssignmentPolicy Policy,
    IReadOnlyDictionary<string, string> Overrides,
    string? OverridesSection,
    bool FallsBackToControl,
    ExposureSemantics? Semantics,
    double? SamplingRate);
