using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A described experiment, ready to be registered.</summary>
internal sealed class Trial<TService>(
    string experimentName,
    bool isNamed,
    ExposureProxy<TService> proxy,
    VariantRegistration<TService>[] variants,
    SelectorChoice selector,
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
        var plan = new ExperimentPlan(
            experimentName,
            new AssignmentPlan(
                new DeclaredVariants([.. variants.Select((variant, index) =>
                    new Variant(index, variant.Key, variant.ImplementationType.Module.ModuleVersionId, index))]),
                provider => selector.Create(provider, experimentName, weighted),
                policy,
                overrides,
                overridesSection),
            fallsBackToControl,
            logsExposures,
            proxy.Contract.RecordOutcomes,
            semantics,
            samplingRate);
        var dependencies = new SharedLifetime(
            services,
            experimentName,
            typeof(TService),
            [.. variants.Select(variant => (variant.ImplementationType, variant.ServiceKey)), (typeof(ISubjectIdentityProvider), null)],
            selector.ServiceType);
        var lifetime = dependencies.Conclude(needsScope: policy == AssignmentPolicy.SessionSticky
            || plan.SemanticsUnder(RegisteredOptions.SoFar(services)) == ExposureSemantics.Explicit);
        new ProxyServices<TService>(experimentName, proxy, [.. variants.Select(variant => new VariantSource<TService>($"variant '{variant.Key}' ({variant.ImplementationType})", variant.Create))]).AddTo(
            services,
            plan,
            provider => dependencies.Verify(provider, lifetime),
            lifetime,
            isNamed: isNamed);
    }
}
