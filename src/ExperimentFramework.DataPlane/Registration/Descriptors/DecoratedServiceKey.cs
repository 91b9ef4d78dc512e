using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>Where a decorated service stays registered, for its proxy alone.</summary>
/// <param name="Type">The type it is registered as.</param>
/// <param name="Key">The key it is registered under.</param>
internal sealed record DecoratedServiceKey(Type Type, object? Key)
{
    /// <summary>Registers the decorated service anew, out of the way of the proxy.</summary>
    /// <param name="services">The services.</param>
    /// <param name="registered">The registration to decorate.</param>
    /// <param name="service">The service's type, closed where the registration is an open generic.</param>
    /// <param name="serviceKey">The key that the service is resolved by; null for none.</param>
    /// <param name="experimentName">The experiment that decorates it.</param>
    public static DecoratedServiceKey Add(
        IServiceCollection services, ServiceDescriptor registered, Type service, object? serviceKey, string experimentName)
    {
        var ownKey = new PrivateKey(experimentName);
        if (registered.ServiceType != service)
        {
            // The container closes an open generic under its own type only.
            services.Add(Described(registered, registered.ServiceType, ownKey, serviceKey));
            return new DecoratedServiceKey(service, ownKey);
        }

        var place = Place(services, registered, serviceKey) ?? new DecoratedServiceKey(typeof(object), ownKey);
        services.Add(Described(registered, place.Type, place.Key, serviceKey));
        return place;
    }

    /// <summary>The module version id of the implementation; null where a factory makes it.</summary>
    public static Guid? BuildOf(ServiceDescriptor registered)
    {
        var implementation = registered.IsKeyedService
            ? registered.KeyedImplementationType ?? registered.KeyedImplementationInstance?.GetType()
            : registered.ImplementationType ?? registered.ImplementationInstance?.GetType();
        return implementation?.Module.ModuleVersionId;
    }

    /// <summary>
    /// A class that the container creates under a key may ask for that key, so it keeps it: as a registration of its own type or, where that is
    /// the application's already, of <see cref="object"/>.
    /// </summary>
    private static DecoratedServiceKey? Place(IServiceCollection services, ServiceDescriptor registered, object? serviceKey)
    {
        if (!registered.IsKeyedService || registered.KeyedImplementationType is not { } implementation)
        {
            return null;
        }

        return IsFree(implementation) ? new DecoratedServiceKey(implementation, serviceKey)
            : IsFree(typeof(object)) ? new DecoratedServiceKey(typeof(object), serviceKey)
            : null;

        bool IsFree(Type type) => !services.Any(other => other.IsKeyedService
            && other.ServiceType == type
            && (Equals(other.ServiceKey, serviceKey) || Equals(other.ServiceKey, KeyedService.AnyKey)));
    }

    /// <summary>The same registration as another type and under another key.</summary>
    private static ServiceDescriptor Described(ServiceDescriptor registered, Type type, object? key, object? serviceKey)
    {
        var lifetime = registered.Lifetime;
        if (registered.IsKeyedService)
        {
            return registered switch
            {
                { KeyedImplementationInstance: { } instance } => new ServiceDescriptor(type, key, instance),
                { KeyedImplementationFactory: { } factory } => new ServiceDescriptor(type, key, (services, _) => factory(services, serviceKey), lifetime),
                _ => new ServiceDescriptor(type, key, registered.KeyedImplementationType!, lifetime),
            };
        }

        return registered switch
        {
            { ImplementationInstance: { } instance } => new ServiceDescriptor(type, key, instance),
            { ImplementationFactory: { } factory } => new ServiceDescriptor(type, key, (services, _) => factory(services), lifetime),
            _ => new ServiceDescriptor(type, key, registered.ImplementationType!, lifetime),
        };
    }

    /// <summary>A key that nothing else can be registered under.</summary>
    private sealed record PrivateKey(string ExperimentName);
}
