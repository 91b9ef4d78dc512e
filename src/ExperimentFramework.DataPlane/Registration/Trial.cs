using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A configured experiment, ready to be registered.</summary>
internal sealed class Trial<TService>(
    string experimentName,
    bool isNamed,
    ExposureProxy<TService> proxy,
    VariantRegistration<TService>[] variants,
    SelectorDescriptor selector,
    AssignmentPolicy policy,
    IReadOnlyDictionary<string, string> overrides,
    string? overridesSection,
    bool fallsBackToControl,
    ExposureSemantics? semantics,
    double? samplingRate) : ITrial
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
        var recording = new RecordingDescriptor(experimentName, logsExposures, semantics, samplingRate);
        var descriptor = new ExperimentDescriptor(
            recording,
            new AssignmentDescriptor(
                new TrialVariantSet([.. variants.Select((variant, index) =>
                    new Variant(index, variant.Key, variant.ImplementationType.Module.ModuleVersionId, index))]),
                provider => selector.Create(provider, experimentName, weighted),
                policy,
                overrides,
                overridesSection),
            fallsBackToControl,
            proxy.Contract.RecordOutcomes);
        var dependencies = new ProxyLifetime(
            services,
            experimentName,
            $"the proxy of {typeof(TService).Name}",
            [.. variants.Select(variant => (variant.ImplementationType, variant.ServiceKey)), (typeof(ISubjectIdentityProvider), null)],
            selector.ServiceType);
        var needsScope = recording.NeedsScope(policy, services);
        var lifetime = dependencies.Resolve(needsScope);
        var slot = new ProxySlot(typeof(TService), isNamed: isNamed);
        AddDroppedRegistrations(services, slot);
        var setup = new ExperimentSetup(
            typeof(TService),
            [.. variants.Select(variant => variant.Key)],
            selector,
            logsExposures,
            LeavesFallbackUnused: proxy.Contract.FallbackToControl && !fallsBackToControl,
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
