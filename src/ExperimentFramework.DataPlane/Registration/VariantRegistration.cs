using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExperimentFramework.DataPlane;

/// <summary>One variant as a trial declares it.</summary>
internal sealed record VariantRegistration<TService>(
    string Key, double Weight, Type ImplementationType, Func<IServiceProvider, TService> Create, Action<IServiceCollection> AddIfMissing)
    where TService : class
{
    public static VariantRegistration<TService> Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(
        string key, double weight)
        where TImplementation : class, TService =>
        new(
            key,
            weight,
            typeof(TImplementation),
            static services => services.GetRequiredService<TImplementation>(),
            static services => services.TryAdd(ServiceDescriptor.Describe(
                typeof(TImplementation), typeof(TImplementation), LifetimeAs(services, typeof(TImplementation)))));

    /// <summary>A variant that is registered only as the service itself keeps that lifetime; else it is scoped.</summary>
    private static ServiceLifetime LifetimeAs(IServiceCollection services, Type implementationType) =>
        services.LastOrDefault(descriptor =>
            !descriptor.IsKeyedService && descriptor.ServiceType == typeof(TService) && descriptor.ImplementationType == implementationType)?.Lifetime
        ?? ServiceLifetime.Scoped;
}
