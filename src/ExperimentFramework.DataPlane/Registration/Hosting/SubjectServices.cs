using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The public services that act for the current subject. Each registration of the data plane adapts their lifetimes to what has been registered so far, so that a
/// background service can use them if nothing needs a scope.
/// </summary>
internal static class SubjectServices
{
    private static readonly SubjectService<IExperiments> Experiments = new(CreateExperiments);
    private static readonly SubjectService<IExposureRecorder> ExposureRecorder = new((services, _) => CreateExposureRecorder(services));
    private static readonly SubjectService<IMetricRecorder> MetricRecorder = new((services, _) => CreateMetricRecorder(services));

    /// <summary>Adds the services, or adapts their lifetimes.</summary>
    public static void AddTo(IServiceCollection services)
    {
        var needsScope = services.Any(descriptor => !descriptor.IsKeyedService && descriptor.ImplementationInstance is KnownExperiment { NeedsScope: true });
        Experiments.AddTo(services, needsScope);
        ExposureRecorder.AddTo(services, needsScope: false);
        MetricRecorder.AddTo(services, needsScope: false);
    }

    private static NamedExperiments CreateExperiments(IServiceProvider services, bool isScoped) => new(
        services.GetRequiredService<ExperimentCatalog>(),

        // A singleton cannot share what a scope keeps; nothing it decides depends on that, or it would be scoped itself.
        known => known.Lifetime == ServiceLifetime.Scoped && !isScoped
            ? ExperimentRegistration.CreateScope(services, known.Name, keepsAssignments: false)
            : services.GetRequiredKeyedService<ExperimentScope>(known.Name));

    private static DecidedExposureRecorder CreateExposureRecorder(IServiceProvider services)
    {
        var experiments = services.GetRequiredService<RecordedExperiments>();
        return new DecidedExposureRecorder(
            experiments,
            Identity(services, experiments.Faults.IdentityProvider, experiments.Faults.SubjectTooLong),
            services.GetRequiredService<EventPublisher>(),
            services.GetRequiredService<DropLedger>(),
            services.NonThrowingLogger(DataPlaneLogCategories.Exposure));
    }

    private static MetricRecorder CreateMetricRecorder(IServiceProvider services)
    {
        var diagnostics = services.GetRequiredService<MetricDiagnostics>();
        return new MetricRecorder(
            services.GetRequiredService<MetricEventFactory>(),
            diagnostics,
            Identity(services, diagnostics.IdentityProvider, diagnostics.SubjectTooLong),
            services.GetRequiredService<EventPublisher>());
    }

    private static SubjectIdentity Identity(IServiceProvider services, FaultLatch provider, FaultLatch tooLong) =>
        new(services.GetService<ISubjectIdentityProvider>(), provider, tooLong, services.NonThrowingLogger(DataPlaneLogCategories.Assignment));
}
