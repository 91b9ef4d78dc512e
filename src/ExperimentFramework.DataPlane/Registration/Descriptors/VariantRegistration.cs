using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A variant declared on a trial.</summary>
internal sealed record VariantRegistration<TService>(
    string Key, double Weight, Type ImplementationType, object? ServiceKey, Func<IServiceProvider, TService> Create, Action<IServiceCollection> AddIfMissing)
    where TService : class
{
    public static VariantRegistration<TService> Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(
        string key, double weight, object? serviceKey)
        where TImplementation : class, TService =>
        new(
            key,
            weight,
            typeof(TImplementation),
            serviceKey,
            serviceKey is null
                ? static services => services.GetRequiredService<TImplementation>()
                : services => services.GetRequiredKeyedService<TImplementation>(serviceKey),
            services => AddMissing<TImplementation>(services, serviceKey));

    /// <summary>
    /// Registers a variant that is missing. One that is registered only as the service keeps that registration's lifetime or instance; one that is
    /// not registered at all becomes scoped. A variant with a service key must already be registered.
    /// </summary>
    private static void AddMissing<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(
        IServiceCollection services, object? serviceKey)
        where TImplementation : class, TService
    {
        var type = typeof(TImplementation);
        if (serviceKey is not null || services.Any(descriptor => !descriptor.IsKeyedService && descriptor.ServiceType == type))
        {
            return;
        }

        if (type.IsConstructedGenericType && services.Any(descriptor => !descriptor.IsKeyedService && descriptor.ServiceType == type.GetGenericTypeDefinition()))
        {
            return;
        }

        var asService = services.LastOrDefault(descriptor => !descriptor.IsKeyedService
            && descriptor.ServiceType == typeof(TService)
            && (descriptor.ImplementationType == type || descriptor.ImplementationInstance is TImplementation));
        var added = asService?.ImplementationInstance is TImplementation instance
            ? ServiceDescriptor.Singleton(instance)
            : ServiceDescriptor.Describe(type, type, asService?.Lifetime ?? ServiceLifetime.Scoped);
        services.Add(added);
        if (asService is null && services.Any(IsFactory))
        {
            services.AddSingleton(new ImplicitVariant(services, typeof(TService), added));
        }

        bool IsFactory(ServiceDescriptor descriptor) => !descriptor.IsKeyedService
            && descriptor.ServiceType == typeof(TService)
            && descriptor.ImplementationFactory is not null
            && !services.Any(other => !other.IsKeyedService && other.ImplementationInstance is ReplacedService replaced && replaced.Proxy == descriptor);
    }
}
