using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A configured experiment without an interface, ready to be registered.</summary>
internal sealed class DeclaredExperiment(
    RecordingDescriptor recording, AssignmentDescriptor assignment, SelectorDescriptor selector, DeclaredValues? values) : ITrial
{
    public string ExperimentName => recording.Name;

    public void AddMissingVariants(IServiceCollection services)
    {
        // Its variants are keys, not services.
    }

    public void Register(IServiceCollection services, bool logsExposures)
    {
        var descriptor = new ExperimentDescriptor(
            recording with { LogsExposures = logsExposures }, assignment, FallsBackToControl: false, RecordsOutcomes: false) { Values = values };
        var dependencies = new ProxyLifetime(
            services, recording.Name, nameof(IExperiments), [(typeof(ISubjectIdentityProvider), null)], selector.ServiceType);
        var needsScope = recording.NeedsScope(assignment.Policy, services);
        var lifetime = dependencies.Resolve(needsScope);
        var setup = new ExperimentSetup(
            Service: null, [.. assignment.Variants.Keys], selector, logsExposures, LeavesFallbackUnused: false, RecordsOutcomes: false);
        ExperimentRegistration.AddTo(
            services,
            descriptor,
            setup,
            new KnownExperiment(recording.Name, setup.VariantKeys, Service: null, lifetime, needsScope) { Values = values },
            provider => dependencies.Validate(provider, lifetime));
    }
}
