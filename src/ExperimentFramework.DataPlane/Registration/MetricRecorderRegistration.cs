using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Registers the recorder of metrics with the lifetime of the subject identity provider, as proxies have it: a singleton would ask a scoped provider outside
/// its scope.
/// </summary>
internal static class MetricRecorderRegistration
{
    private static readonly Func<IServiceProvider, IMetricRecorder> Singleton = CreateSingleton;
    private static readonly Func<IServiceProvider, IMetricRecorder> Scoped = Create;

    /// <summary>Adds the recorder, or gives it another lifetime if the provider was registered since. One of the application's own stays.</summary>
    public static void AddTo(IServiceCollection services)
    {
        var isScoped = !IsSingletonOrAbsent(services.LastOrDefault(descriptor => !descriptor.IsKeyedService && descriptor.ServiceType == typeof(ISubjectIdentityProvider)));
        var descriptor = ServiceDescriptor.Describe(typeof(IMetricRecorder), isScoped ? Scoped : Singleton, isScoped ? ServiceLifetime.Scoped : ServiceLifetime.Singleton);
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i] is { IsKeyedService: false } registered && registered.ServiceType == typeof(IMetricRecorder))
            {
                if (registered.ImplementationFactory == Singleton || registered.ImplementationFactory == Scoped)
                {
                    services[i] = descriptor;
                }

                return;
            }
        }

        services.Add(descriptor);
    }

    private static IMetricRecorder CreateSingleton(IServiceProvider provider) =>
        IsSingletonOrAbsent(provider.GetRequiredService<RegisteredServices>().Last(typeof(ISubjectIdentityProvider)))
            ? Create(provider)
            : throw new InvalidOperationException(
                "IMetricRecorder is a singleton, because ISubjectIdentityProvider was not registered yet, but the provider is not. Register the provider before AddDataBackplane, or call AddDataBackplane() again after it.");

    private static MetricRecorder Create(IServiceProvider provider)
    {
        var diagnostics = provider.GetRequiredService<MetricDiagnostics>();
        return new MetricRecorder(
            provider.GetRequiredService<MetricEventFactory>(),
            diagnostics,
            new SubjectIdentity(
                provider.GetService<ISubjectIdentityProvider>(), diagnostics.IdentityProvider, diagnostics.SubjectTooLong, provider.NonThrowingLogger(DataPlaneLogCategories.Assignment)),
            provider.GetRequiredService<EventPublisher>());
    }

    private static bool IsSingletonOrAbsent(ServiceDescriptor? provider) => provider is null or { Lifetime: ServiceLifetime.Singleton };
}
